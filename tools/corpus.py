"""tools/corpus.py BUILD [--test] [WORD...] - every event log, capture and cloud log of the corpus against what it must raise.

The corpus is third-party and lies outside the repository ($VIGIE_CORPUS, default ../shared/data); this table says for each
entry how it is scanned (controllers and tags of its lab), what must be raised, what may be raised beside it and why
something that happened cannot be seen. With words, only entries whose path has one of them. Prints the table of docs/CORPUS.md, or with --test one line per entry and
"N passed, N failed, N skipped".
"""
import json, os, subprocess, sys, tempfile

CORPUS = os.environ.get("VIGIE_CORPUS", "../shared/data")
SHIRE = "--dc MORDORDC=172.18.38.5"
THREEB = "--dc 01566s-win16-ir=172.16.66.36"
EXAMPLE = "--dc WIN-77LTAPHIQ1R"
OFFSEC = "--dc rootdc1 --dc rootdc2"
TRG = "--dc dc1=192.168.10.10"
PICKLE = "--dc SNICKLEFRITZ=192.168.1.195 --dc SNICKLEFRITZ=192.168.1.62 --dc SNICKLEFRITZ=10.0.0.2"
DMEVALS = "--dc NEWYORK=10.0.0.4"
SAMBA = "--dc DC1=10.77.0.10"
SINGLE = "single records made up for rules, taken out of their wrapping: what takes a burst cannot be among them"

# (path, options, must raise, may raise, remark)
ENTRIES = [
    ("events-json/otrf_cmd_dumping_ntds_dit_file_ntdsutil.jsonl.gz", "--dc DC01", "", "", "372 x 4661 and 186 x 4799 of the controller itself must not raise 2021; ntdsutil runs locally, so nothing is copied over SMB yet"),
    ("events-json/otrf_covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges_2020-08-05020926.jsonl.gz", SHIRE, "2006", "", ""),
    ("events-json/otrf_covenant_getdomaingroup_ldap_searchrequest_domain_admins_2020-09-22141005.jsonl.gz", SHIRE, "", "2038", "2038 is in the capture's packets; the export has no event 1644, so events cannot show the query"),
    ("events-json/otrf_empire_getsession_dcerpc_smb_srvsvc_NetSessEnum_2020-09-22034513.jsonl.gz", SHIRE, "2012", "", ""),
    ("events-json/otrf_empire_mimikatz_backupkeys_dcerpc_smb_lsarpc_2020-10-22143243.jsonl.gz", SHIRE, "2020", "", ""),
    ("events-json/otrf_empire_mimikatz_opth.jsonl.gz", "--dc HFDC01", "", "2008 2017", "overpass-the-hash seen on the source host (2019)"),
    ("events-json/otrf_empire_psexec_dcerpc_tcp_svcctl_2020-09-20121608.jsonl.gz", SHIRE, "", "", "the target is a workstation"),
    ("events-json/otrf_empire_psexec_dcerpc_tcp_svcctl_2020-09-20121608.jsonl.gz", "--dc WORKSTATION6", "2026", "2019 2034", "the same with the target configured as a controller"),
    ("events-json/otrf_empire_shell_rubeus_asktgt_ptt_2020-09-21223848.jsonl.gz", SHIRE, "2008 2002", "2018", "of the shape of the request, events record the options alone"),
    ("events-json/otrf_empire_shell_samr_EnumDomainUsers_2020-09-21193527.jsonl.gz", SHIRE, "2021", "", ""),
    ("events-json/otrf_empire_wmic_add_user_backdoor_2020-09-14080546.jsonl.gz", SHIRE, "", "", "a local user in the local group None is no sensitive addition"),
    ("events-json/otrf_purplesharp_ad_playbook_I_2020-10-22042947.jsonl.gz", SHIRE, "2023 2019", "2012 2017 2021", ""),
    ("evtx/dbc_metasploit-psexec-native-target-system.evtx", "--dc IE10Win7", "2026|2034", "2026 2034 2019", "host configured as a controller"),
    ("evtx/dbc_password-spray.evtx", "", "2023", "", "4648 on the source host"),
    ("evtx/dbc_smb-password-guessing-security.evtx", "--dc DESKTOP-M5SN04R", "2033 2034", "2023 2003", "host configured as a controller"),
    ("evtx/mdc_ID4624-Success_login_with_Golden_ticket.evtx", OFFSEC, "2027", "2013", ""),
    ("evtx/mdc_ID4728-4756-Member_added_to_sensitive_domain_groups.evtx", OFFSEC, "2024", "", ""),
    ("evtx/mdc_ID4728-Massive_account_group_membership_change.evtx", OFFSEC, "", "", "groups that nobody tagged"),
    ("evtx/mdc_ID4728-Massive_account_group_membership_change.evtx", OFFSEC + " --tag sensitive:Group01 --tag sensitive:Group02", "2024", "", "the same with two groups tagged"),
    ("evtx/mdc_ID4769-Golden_ticket_issued.evtx", OFFSEC, "2027", "2022", ""),
    ("evtx/mdc_ID5140-ADMIN_share_connection_with_Golden_ticket.evtx", OFFSEC, "2027", "2013", ""),
    ("evtx/mdc_ID7045-7036_PSexec_service_installation.evtx", OFFSEC, "", "", "jump01 is a member server"),
    ("evtx/mdc_ID7045-7036_PSexec_service_installation.evtx", "--dc jump01", "2026", "2019", "the same with jump01 configured as a controller"),
    ("evtx/omer_Security_with_size_t.evtx", "", "", "", "benign"),
    ("evtx/omer_security.evtx", "", "", "", "benign workstation"),
    ("evtx/sb_4765_sidhistory_add_t1178.evtx", "", "", "", "none of the 34"),
    ("evtx/sb_CA_DCSync_4662.evtx", "--dc DC1", "2006", "", ""),
    ("evtx/sb_CA_protectedstorage_5145_rpc_masterkey.evtx", THREEB, "", "2020", "a client's own master key backup: related, not the domain key's theft"),
    ("evtx/sb_DACL_DCSync_Right_Powerview__Add-DomainObjectAcl.evtx", "--dc DC1", "", "", "a precursor, none of the 34"),
    ("evtx/sb_LM_4624_mimikatz_sekurlsa_pth_source_machine.evtx", EXAMPLE, "2017", "", "source host: logon type 9 by seclogo"),
    ("evtx/sb_LM_5145_Remote_FileCopy.evtx", "--dc PC01", "2030", "", "host configured as a controller"),
    ("evtx/sb_LM_Remote_Service02_7045.evtx", EXAMPLE, "2026", "2019 2034", ""),
    ("evtx/sb_LM_ScheduledTask_ATSVC_target_host.evtx", EXAMPLE, "2019", "2017", ""),
    ("evtx/sb_LM_WMI_4624_4688_TargetHost.evtx", EXAMPLE, "2019", "2017", ""),
    ("evtx/sb_Network_Service_Guest_added_to_admins_4732.evtx", "", "", "", "a workstation's local group"),
    ("evtx/sb_Zerologon_VoidSec_CVE-2020-1472_4626_LT3_Anonym_follwedby_4742_DC_Anony_DC.evtx", THREEB, "", "2037", "after 2019, none of the 34"),
    ("evtx/sb_dicovery_4661_net_group_domain_admins_target.evtx", EXAMPLE, "2021", "", ""),
    ("evtx/sb_discovery_psloggedon.evtx", EXAMPLE, "2012", "", ""),
    ("evtx/sb_kerberos_pwd_spray_4771.evtx", THREEB, "2003 2023", "", ""),
    ("evtx/sb_persistence_security_dcshadow_4742.evtx", "--dc DC1", "2028 2029", "", ""),
    ("evtx/sb_privexchange_dirkjan.evtx", "--dc ICORP-DC", "2037", "2017", ""),
    ("evtx/sb_samaccount_spoofing_CVE-2021-42287_CVE-2021-42278_DC_securitylogs.evtx", THREEB, "", "2027 2006 2008 2002", "after 2019, none of the 34; its tool asks for the renamed account's ticket with RC4"),
    ("cloud/o365_dutchmasterz_dev.ndjson.gz", "", "impossible_travel infrequent_country inbox_forwarding inbox_manipulation failed_logins", "new_admin new_location new_admin_location unusual_admin inactive_account", "accounts unused from March to June come back"),
    ("cloud/aws_invictus", "", "unusual_admin", "*", "one principal does everything; the rest of what it did may raise too"),
    ("pcap/401trg_20171220_smb_at_schedule.pcap", TRG, "", "", "the target is no controller"),
    ("pcap/401trg_20171220_smb_at_schedule.pcap", "--dc ADMIN-PC=192.168.10.30", "2019", "", "the same with the target configured as a controller"),
    ("pcap/401trg_20171220_smb_metasploit_psexec_pth_download_meterpreter.pcap", TRG, "2034", "2017 2019 2026 2033", "frames cut to 300 bytes; that a hash was used cannot be told from the wire alone"),
    ("pcap/401trg_20171220_smb_mimikatz_copy_to_host.pcap", TRG, "", "", "the target is no controller"),
    ("pcap/401trg_20171220_smb_net_user.pcap", TRG, "2021", "", ""),
    ("pcap/401trg_20171220_smb_psexec_add_user.pcap", TRG, "2019", "2026 2017", "frames cut to 300 bytes"),
    ("pcap/dns_axfr.pcapng", "", "2007", "", ""),
    ("pcap/dnst_normal_00000.pcap", "", "", "2007", "benign for 2031; a crawl of a million names is a sweep"),
    ("pcap/elc_chip_host_signin.pcap", PICKLE, "", "", "benign"),
    ("pcap/elc_failed_choppydog.pcap", PICKLE, "", "", "benign"),
    ("pcap/elc_normal_share_traversal.pcap", PICKLE, "", "", "benign"),
    ("pcap/elc_successful_choppydog_authentication.pcap", PICKLE, "", "", "benign"),
    ("pcap/epc_chaoji_smb_v1_bruteforce.pcap", "--dc TARGET=192.168.56.107", "2033 2023", "2034", "the target configured as a controller"),
    ("pcap/epc_nltest_dclist.pcap", "--dc DC=172.16.10.25", "", "", "DRSUAPI without replication must not raise 2006"),
    ("pcap/es_metasploit-ms017-010-win7x64.pcap", "--dc TARGET=192.168.198.225", "2034|2035", "2034 2035 2033", "frames cut to 300 bytes"),
    ("pcap/es_wannacry_dev.pcap", "", "2035", "2034 2033", "frames cut to 300 bytes"),
    ("pcap/ndpi_bad-dns-traffic.pcap", "", "2031", "", ""),
    ("pcap/ndpi_dns-exf.pcap", "", "", "2031", "a single question: too little to tell"),
    ("pcap/ndpi_dns-tunnel-iodine.pcap", "", "2031", "", ""),
    ("pcap/ndpi_dns_exfiltration.pcap", "", "2031", "2007", ""),
    ("pcap/ndpi_kerberos.pcap", "--dc DC=172.16.8.8", "", "", "benign"),
    ("pcap/ndpi_smbv1.pcap", "", "", "2035", "a ping of an implant"),
    ("pcap/otrf_SCRANTON.cap", DMEVALS, "", "2027", "S4U2Self for a user that does not exist"),
    ("pcap/otrf_UTICA-A.cap", DMEVALS, "", "2019 2021", "PowerShell remoting to the controller is a step of the exercise; look-ups like net.exe's"),
    ("pcap/otrf_UTICA-C.cap", DMEVALS, "", "", "benign"),
    ("pcap/otrf_covenant_dcsync_dcerpc_drsuapi_DsGetNCChanges_2020-08-05020926.cap", SHIRE, "2006", "", ""),
    ("pcap/otrf_covenant_getdomaingroup_ldap_searchrequest_domain_admins_2020-09-22141005.cap", SHIRE, "2038", "", ""),
    ("pcap/otrf_covenant_psremoting_command_2020-08-06115603.cap", SHIRE, "", "", "the target is no controller"),
    ("pcap/otrf_covenant_psremoting_command_2020-08-06115603.cap", "--dc WORKSTATION6=172.18.39.6", "2019", "", "the same with the target configured as a controller"),
    ("pcap/otrf_empire_find_localadmin_smb_svcctl_OpenSCManager_2020-09-22021559.cap", SHIRE, "", "", "opening the service manager creates no service"),
    ("pcap/otrf_empire_getsession_dcerpc_smb_srvsvc_NetSessEnum_2020-09-22034513.cap", SHIRE, "2012", "", ""),
    ("pcap/otrf_empire_mimikatz_backupkeys_dcerpc_smb_lsarpc_2020-10-22143243.cap", SHIRE, "2020", "", ""),
    ("pcap/otrf_empire_psexec_dcerpc_tcp_svcctl_WORKSTATION6_2020-09-20121608.cap", SHIRE, "", "", "the target is no controller"),
    ("pcap/otrf_empire_psexec_dcerpc_tcp_svcctl_WORKSTATION6_2020-09-20121608.cap", "--dc WORKSTATION6=172.18.39.6", "2019", "2026", "the same with the target configured as a controller"),
    ("pcap/otrf_empire_shell_rubeus_asktgt_ptt_2020-09-21223848.cap", SHIRE, "2008 2002", "2018", ""),
    ("pcap/otrf_empire_shell_samr_EnumDomainUsers_2020-09-21193527.cap", SHIRE, "2021", "", ""),
    ("pcap/otrf_purplesharp_ad_playbook_I_2020-10-22042947.cap", SHIRE, "2019", "2012 2017 2021 2023 2038", "the seven guesses are passed on to the controller under seal (NETLOGON, privacy): neither accounts nor answers can be read; searches before its Kerberoasting can"),
    ("pcap/pcapattack_CA_LM_SpoolSample_SMB_BiAuth.pcapng", THREEB, "", "2037", "coercion, refused"),
    ("pcap/pcapattack_CA_kerbrute_passwordspray_kerberos_AS-REQ.pcapng", THREEB, "2003 2023", "2002", ""),
    ("pcap/pcapattack_CA_masterkey_rpc_protectedstorage.pcapng", THREEB, "", "2020", "a client's own master key backup: related, not the domain key's theft"),
    ("pcap/pcapattack_DCShadow_add_primarygroupid_512_to_std_account.pcapng", THREEB, "2028 2029", "2006", "the LDAP part of 2028 is signed only"),
    ("pcap/pcapattack_DCSync_krbtgt_dcerpc_smb.pcapng", THREEB, "", "2006", "no bind in the capture: which interface was called cannot be known"),
    ("pcap/pcapattack_Discovery_PsLoggedOn_remotelocalusers_enum_winreg_lsarpc_dcerpc_smb.pcapng", THREEB, "", "", "none of the 34"),
    ("pcap/pcapattack_Discovery_dcerp_srvsvc_NetShareEnum.pcapng", THREEB, "", "", "shares are not sessions"),
    ("pcap/pcapattack_Discovery_privgroups_domain_admins_samr_lookupnames_req.pcapng", THREEB, "2021", "", ""),
    ("pcap/pcapattack_Exploit_DoS_cve-2020-1350_dns_sig_maxspl0it.pcapng", "", "", "", "not towards a controller"),
    ("pcap/pcapattack_LM_WMI_ProcessCallCreate.pcapng", THREEB, "2019", "", ""),
    ("pcap/pcapattack_LM_dcom_mmc20.application_dcerpc.pcapng", THREEB, "", "2019", "no bind in the capture"),
    ("pcap/pcapattack_LM_psexec_smb_dcerpc_epm_svcctl.pcapng", THREEB, "2019", "2026", ""),
    ("pcap/pcapattack_LM_smbexec_smb_dcerpc_svcctl_epm.pcapng", THREEB, "2019", "2026 2034", ""),
    ("pcap/pcapattack_cmds_over_dns_txt_queries_and_reponses.pcap", "", "2031", "", ""),
    ("pcap/pcapattack_lm_mimikazt_skeleton_kerberos_rc4_etype.pcapng", THREEB, "2010", "2008 2002", ""),
    ("pcap/pcapattack_zerologon_mimikatz_ntlm_privacy_scan_and_exploit_encrypted.pcapng", THREEB, "", "", "after 2019, none of the 34"),
    ("pcap/remotepotato0_victim_server.pcapng", "--dc DC1=192.168.83.135", "2037", "", "a relay of NTLM, seen at a server that is no controller"),
    ("pcap/tcpdump_RADIUS.pcap", "", "", "", "access without accounting"),
    ("samba/01-kerberos.pcap", SAMBA, "2003 2023", "2002 2008 2009", "ten unknown users, ten wrong passwords, a client that offers RC4 alone"),
    ("samba/02-kerberos-more.pcap", SAMBA, "", "2023", "administration, one account locked out"),
    ("samba/03-ldap.pcap", SAMBA, "2038 2004|2024", "2004 2024", "five wrong binds, searches for service accounts, an addition to Domain Admins"),
    ("samba/04b-rpc-samr-plain.pcap", SAMBA, "2021", "", ""),
    ("samba/05-rpc-srvsvc.pcap", SAMBA, "2012", "", ""),
    ("samba/06-rpc-lsa-misc.pcap", SAMBA, "", "", "look-ups of names"),
    ("samba/07-net-cmds.pcap", SAMBA, "2019", "2026 2021", "a service that could not be created"),
    ("samba/10-rpc-bkrp.pcap", SAMBA, "", "", "the public key of the backups, which every client asks for"),
    ("samba/11-drs-clone-first400.pcap", SAMBA, "2006", "2021", ""),
    ("samba/12-drs-small.pcap", SAMBA, "2006", "", ""),
    ("samba/14-dc2-legit-repl.pcap", SAMBA + " --dc DC2=10.77.0.20", "", "", "two controllers"),
    ("samba/15-dns.pcap", SAMBA, "2007", "", "a zone transfer that is not answered"),
    ("samba/16-smb-files.pcap", SAMBA, "", "2023 2033", "six wrong logons, ordinary files"),
    ("samba/16b-smb-anon.pcap", SAMBA, "2021", "", "anonymous enumeration"),
    ("samba/17-admin-changes.pcap", SAMBA, "2024", "2021", ""),
    ("samba/18-smb3-encrypted.pcap", SAMBA, "", "", "nothing can be read"),
    ("samba/19-member-join.pcap", SAMBA, "", "", "a computer joins and leaves"),
    ("cloud/golden_saml", "", "golden_saml", "*", "sign-ins of the cloud beside AD FS events"),
    ("cloud/panther/aws_cloudtrail_rules.ndjson", "", "new_admin", "impossible_travel infrequent_country inactive_account new_location", SINGLE),
    ("cloud/panther/azure_activity_rules.ndjson", "", "new_admin", "inactive_account", SINGLE),
    ("cloud/panther/azure_signin_rules.ndjson", "", "", "", SINGLE),
    ("cloud/panther/microsoft_rules.ndjson", "", "inbox_forwarding inbox_manipulation", "inactive_account", SINGLE + "; eight of the ten have one id, so they are one record"),
]

ELSEWHERE = """Not in the table: `lanl_auth_days_0_1.csv.gz` (a table of logons without the fields of an event), `pa-series-firewall_demo_log.log.gz` (a firewall's
log; there is no discovery of apps from traffic yet), `cloud/geo` (address ranges for tests), and of `cloud/panther` the records of apps that are not
read yet (Box, Dropbox, GitHub, Google Workspace, Okta, OneLogin, Salesforce, Slack, Zoom)."""


def unwrapped(path, into):
    """The records of a file whose lines are tests of rules: each has its record as `log`."""
    with open(path, encoding="utf-8") as f:
        into.writelines(json.dumps(json.loads(line)["log"]) + "\n" for line in f)
    into.flush()
    return into.name


def raised(build, path, options):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as records:
        return scanned(build, unwrapped(path, records) if "/panther/" in path else path, options)


def scanned(build, path, options):
    args = [f"{build}/vigie", "scan", "--learned", "--json", *options.split(), path]
    p = subprocess.run(args, capture_output=True, text=True, timeout=300)
    if p.returncode != 0:
        return None, p.stderr.strip()
    result = json.loads(p.stdout)
    names = {str(a["externalId"] or a["policy"]) for a in result["alerts"]}
    preview = {str(a["externalId"] or a["policy"]) for a in result["alerts"] if a["preview"]}
    return names, preview


def judge(must, may, got, preview):
    missing = [m for m in must.split() if not set(m.split("|")) & got]
    wanted = {x for m in must.split() for x in m.split("|")}
    extra = set() if may == "*" else got - wanted - set(may.split()) - preview
    return missing, sorted(extra)


def untold(rows):
    """Rows that docs/CORPUS.md does not have. What was raised beside what must be is left out: it may shift with the address ranges."""
    with open("docs/CORPUS.md", encoding="utf-8") as f:
        told = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in f]
    known = {(*cells[:2], cells[-1]) for cells in told}
    return [r for r in rows if (r[0], r[1], r[5]) not in known]


def main():
    build, test = sys.argv[1], "--test" in sys.argv
    words = [w for w in sys.argv[2:] if w != "--test"]
    entries = [e for e in ENTRIES if not words or any(w in e[0] for w in words)]
    if not os.path.isdir(CORPUS):
        print(f"notice: no corpus at {CORPUS}: its {len(entries)} entries are skipped")
        print(f"0 passed, 0 failed, {len(entries)} skipped")
        return 0
    rows, good, misses, false = [], 0, 0, 0
    for path, options, must, may, remark in entries:
        got, more = raised(build, os.path.join(CORPUS, path), options)
        if got is None:
            missing, extra, got = [must or "a result"], [], {more}
        else:
            missing, extra = judge(must, may, got, more)
        ok = not missing and not extra
        good += ok
        misses += len(missing)
        false += len(extra)
        verdict = "ok" if ok else "; ".join([f"missing {m}" for m in missing] + [f"false {x}" for x in extra])
        rows.append((os.path.basename(path), options.replace("--dc ", "DC "), must or "nothing", " ".join(sorted(got)) or "nothing", verdict, remark))
        if test and not ok:
            print(f"FAILED {path} {options}: {verdict}")
    if test:
        old = untold(rows)
        for r in old:
            print(f"FAILED {r[0]} is not so in docs/CORPUS.md: make corpus")
        print(f"{good} passed, {len(entries) - good + len(old)} failed, 0 skipped")
        return 0 if good == len(entries) and not old else 1
    print("# What the corpus raises\n\nMade by `make corpus`: `vigie scan --learned` on each event log, capture and cloud log of the corpus, with the controllers of its")
    print("lab. Alerts that are marked preview (beyond the documented list) are not counted as false.\n")
    print("| entry | configured | must raise | raised | verdict | remark |\n|---|---|---|---|---|---|")
    for r in rows:
        print("| " + " | ".join(r) + " |")
    print(f"\n{len(rows)} entries: {good} as expected, {misses} missing, {false} false alerts.\n\n{ELSEWHERE}")
    return 0


sys.exit(main())

/* model/advice.c - the table of advice. */
#include "model/advice.h"

static const struct advice table[] = {
    {"2003 2007 2012 2021 2038",
     {"Find out who used the source computer at that time, and whether the tool belongs to their work: scanners, inventories and backup agents ask like this.",
      "Look at what the account and the computer did afterwards: names that were learned are used for guessing passwords or for moving on.",
      "Note which accounts and groups were asked for, sensitive ones first."},
     {"Contain the source computer if nobody can explain the queries; look for the tool and for how it came there.",
      "Reset the password of the account that asked, and require multi-factor authentication for it.",
      "Exclude the computer from this detection if it is a scanner that you run."},
     {"Restrict remote calls to SAM (Network access: Restrict clients allowed to make remote calls to SAM), session enumeration and DNS zone transfers to those who need them.",
      "Use long passwords and watch accounts that were asked for."}},
    {"2004 2023 2033 failed_logins",
     {"Check whether a sign-in of one of the attacked accounts succeeded from the same source: that account is compromised.",
      "Look for the same source in other alerts and for the same accounts tried from elsewhere.",
      "A service with an old password looks like this, too: ask the owner of the source computer."},
     {"Reset the passwords of accounts that were guessed, and end their sessions.",
      "Contain the source computer, or block its address.",
      "Enforce lock-out for the accounts concerned while the attack goes on."},
     {"Require complex, long passwords and multi-factor authentication.", "Block legacy authentication and simple LDAP binds."}},
    {"2006",
     {"The account and the computer named asked for password hashes as a domain controller does. If the computer is no controller and no known synchronisation server, all passwords of the domain must be taken as known to the attacker.",
      "Find every use of the account since, and every new logon of sensitive accounts from unusual places."},
     {"Reset the password of the krbtgt account twice, with the replication time between both.",
      "Reset the passwords of all sensitive accounts, then of all users.",
      "Contain the source computer and disable the account that replicated.",
      "Tag the account as a replicator if it is one, such as that of Entra Connect."},
     {"Review who has the rights Replicating Directory Changes and Replicating Directory Changes All on the domain.",
      "Let sensitive accounts sign in on administration computers only."}},
    {"2002 2008 2017 2018",
     {"Find out who was signed in to the source computer: their credentials have been taken from its memory.",
      "List what the stolen identity did since: resources used, computers signed in to, changes made.",
      "An address that changed hands (VPN, DHCP, NAT) can look like this: compare with who had it before."},
     {"Reset the password of the account; for sensitive accounts, and for those of services, do it twice.",
      "Contain the source computer, and collect its memory and event logs before it is rebuilt.",
      "End the account's tickets and sessions: a stolen ticket lives up to ten hours, and can be renewed for a week."},
     {"Give local administrators different passwords on every computer (LAPS).",
      "Put sensitive accounts into Protected Users, and use Credential Guard."}},
    {"2009 2013 2022 2027 2032",
     {"A forged ticket-granting ticket means that the key of krbtgt is known: the attacker can be anybody, any time.",
      "Find all resources that were used with this ticket, and all others from the same source computer.",
      "Look for how the key was taken: replication (2006), a copied domain controller disk, a backup."},
     {"Reset the password of the krbtgt account twice, waiting for replication in between. All tickets become invalid.",
      "Contain the source computer and every one that it used the ticket against.",
      "Rebuild domain controllers if one of them was reached."},
     {"Change the password of krbtgt regularly.", "Keep domain controllers and their backups under the tightest access there is."}},
    {"2010",
     {"The domain controller accepts a second password for everybody: it runs foreign code.", "Find who had administrative access to it, and since when."},
     {"Restart the domain controller: the key lives in memory. Then collect and rebuild it.", "Reset the passwords of accounts that had access to it."},
     {"Run LSA as a protected process on domain controllers.", "Allow signed code only."}},
    {"2014",
     {"Nobody has a reason to use this account: find out who was on the source computer.", "See what else came from there, and what the account was used against."},
     {"Contain the source computer.", "Change the honeytoken's password, and keep the account as a trap."},
     {"Leave honeytokens without rights, and their names attractive."}},
    {"2019 2026 2034 2035 2036",
     {"See what was run on the target, by the command or the service's image in the evidence, and whether it succeeded.",
      "Find out whether the account belongs to somebody who administers this computer, and whether the source is where they work from.",
      "Look for the same service, task or tool on other computers."},
     {"Contain the target and the source; a domain controller that ran foreign code has to be rebuilt.",
      "Remove the service or task, and reset the password of the account that created it.",
      "Exclude the account or computer if it is your deployment tool."},
     {"Allow remote administration of domain controllers from administration computers only.",
      "Install security updates, and switch SMBv1 off."}},
    {"2020",
     {"With the DPAPI master key of the domain everything that users protected with it can be read: saved passwords, certificates' keys.",
      "Find out which computer asked, and what was copied from users' profiles before and after."},
     {"Contain the source computer.", "Change passwords and keys that users had stored; the domain's key itself cannot be changed.", "Reset the account that asked."},
     {"Keep administrators' number on domain controllers small."}},
    {"2024 new_admin",
     {"Ask the account that made the change, by another way than mail, whether it was meant.", "See what the new member did since."},
     {"Take the member out of the group or role.", "If the change was not meant, treat the account that made it as compromised."},
     {"Have changes of sensitive groups approved by a second person.", "Give administrative rights for a time, not for ever."}},
    {"2025",
     {"Ask the user whether the connection was theirs: travel and new providers explain most.", "See what was done over it."},
     {"End the connection, reset the password, require multi-factor authentication for VPN."},
     {"Require multi-factor authentication and managed devices for VPN."}},
    {"2028 2029",
     {"A computer that is no domain controller acts as one: it can write anything into the directory without a trace in event logs.",
      "Compare sensitive groups, SID histories and permissions with a backup from before."},
     {"Contain the computer, and remove its server object from the configuration partition.",
      "Undo what was replicated; reset the passwords of the accounts involved and of krbtgt twice.",
      "Tag the computer as a domain controller if you have just promoted it."},
     {"Watch who may write server objects and service principal names.", "Keep enterprise administrators to a handful."}},
    {"2030",
     {"See which files left the domain controller, and where they are now. A copy of ntds.dit means all hashes are taken.", "Find who ran the copy and with which tool."},
     {"Contain the computer that the files went to.", "If the directory's database was among them: reset krbtgt twice and all passwords."},
     {"Block outgoing SMB from domain controllers.", "Keep backups of domain controllers encrypted."}},
    {"2031",
     {"Find the process on the source computer that asks these names, and the owner of the domain.", "Estimate from the number and length of queries how much may have left."},
     {"Contain the source computer.", "Block the domain on your resolvers.", "Exclude the domain if it is one of a product that you use (mail security and antivirus ask like this)."},
     {"Let clients ask your own resolvers only, and log what these answer."}},
    {"2037 2039",
     {"The computer account's authentication was used from an address that is not the computer's: find what runs there.",
      "See which rights were changed over the relayed session, most of all on the domain object."},
     {"Contain the relaying computer.", "Undo changes of permissions that it made; reset what it could read.", "Update Exchange and Windows."},
     {"Require SMB signing, LDAP signing and channel binding.", "Reduce NTLM, and Exchange's rights on the domain."}},
    {"impossible_travel infrequent_country new_location anonymous_ip new_admin_location",
     {"Ask the user where they were. VPN egress, a travel agency's proxy or a phone's provider abroad explain many.",
      "See what was done from the unusual place: rules, consents, downloads, new devices."},
     {"End sessions, reset the password, and check the registered authentication methods.", "Remove inbox rules, consents and devices that the user does not know.",
      "Add the range to your IP ranges as corporate or VPN if it is yours."},
     {"Require multi-factor authentication that cannot be forwarded (FIDO2).", "Limit sign-ins by country and by managed device."}},
    {"inbox_forwarding inbox_manipulation email_deletion",
     {"Read the rule: what it hides or forwards, and to whom. Invoices and replies to the user's contacts are what attackers want.",
      "See where the session that made it came from, and which mails were sent since."},
     {"Delete the rule and the forwarding; end sessions; reset the password.", "Warn those who got mail from the account; restore deleted mail."},
     {"Block automatic forwarding to outside addresses.", "Require multi-factor authentication."}},
    {"unusual_download unusual_delete unusual_share unusual_report_share ransomware",
     {"See which files are concerned, how sensitive they are, and whether the user's work explains it (a move to another team, an archive, a sync client).",
      "Check from where, and with which device, it was done."},
     {"Suspend the user or end the sessions while you ask.", "Take back shares and links; restore files from versions or the recycle bin.", "If it was the user's own doing and not allowed, involve those responsible."},
     {"Label sensitive files, and limit downloads to managed devices."}},
    {"unusual_admin unusual_impersonation unusual_vm_creation vm_deletion unusual_storage_deletion app_credential_added oauth_consent audit_logging_disabled golden_saml leaked_access_key",
     {"List all that the identity did in the cloud since: keys, roles, applications and machines created.",
      "Find where its session or key came from, and whether that is where administrators work from."},
     {"Revoke sessions, keys, consents and added credentials of the identity.", "Delete resources that nobody ordered, after keeping a copy for the investigation.",
      "Switch audit logging on again.", "After a forged SAML token: replace the token-signing certificate twice, and take the federation server as compromised."},
     {"Give administrative roles for a time and with approval.", "Let users not consent to applications by themselves.", "Use short-lived credentials in place of access keys."}},
    {"inactive_account terminated_user mfa_fatigue",
     {"Find out who uses the account, and from where.", "See what it reached since it came alive."},
     {"Disable the account and end its sessions.", "Delete its keys, tokens and registered devices."},
     {"Remove accounts in all apps when people leave.", "Use number matching in place of a button for approvals."}},
};

static const struct advice general = {
    "", {"Look at the evidence and at what the same user, computer and address did around it.", "Ask the user or owner, by another way than the one that may be compromised."},
    {"End sessions and reset the password if nobody can explain it.", "Contain the computer that it came from.", "Close the alert as benign, and exclude what is known, if it is explained."},
    {"Require multi-factor authentication."}};

static const struct advice *find(struct str key)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct str keys = str_of(table[i].keys), one;
        while (keys.n && str_cut(&keys, ' ', &one))
            if (str_eq(one, key))
                return &table[i];
    }
    return NULL;
}

const struct advice *advice_of(struct str key)
{
    const struct advice *a = find(key);
    return a ? a : &general;
}

bool advice_own(struct str key)
{
    return find(key) != NULL;
}

/// The names of TCP's and UDP's ports.
///
/// Source: /etc/services of Debian 12 (netbase 6.4); getservbyname(3), getservbyport(3).
enum ServiceNames {
  private enum Transport {
    case tcp, udp, both

    func includes(_ ipProtocol: UInt8) -> Bool { self == .both || (self == .tcp) == (ipProtocol == 6) }
  }

  /// The port of that name; `nil` where the protocol, 6 or 17, has none.
  static func port(named name: String, of ipProtocol: UInt8) -> UInt16? {
    let official = aliases.first { $0.alias == name }?.name
    return services.first {
      ($0.name == name || $0.name == official) && $0.transport.includes(ipProtocol)
    }?.port
  }

  /// The first name of a port; `nil` where it has none.
  static func name(of port: UInt16, of ipProtocol: UInt8) -> String? {
    guard ipProtocol == 6 || ipProtocol == 17 else { return nil }
    return services.first { $0.port == port && $0.transport.includes(ipProtocol) }?.name
  }

  private static let services: [(name: String, port: UInt16, transport: Transport)] = [
    ("tcpmux", 1, .tcp), ("echo", 7, .both), ("discard", 9, .both), ("systat", 11, .tcp), ("daytime", 13, .both),
    ("netstat", 15, .tcp), ("qotd", 17, .tcp), ("chargen", 19, .both), ("ftp-data", 20, .tcp), ("ftp", 21, .tcp),
    ("fsp", 21, .udp), ("ssh", 22, .tcp), ("telnet", 23, .tcp), ("smtp", 25, .tcp), ("time", 37, .both),
    ("whois", 43, .tcp), ("tacacs", 49, .both), ("domain", 53, .both), ("bootps", 67, .udp), ("bootpc", 68, .udp),
    ("tftp", 69, .udp), ("gopher", 70, .tcp), ("finger", 79, .tcp), ("http", 80, .tcp), ("kerberos", 88, .both),
    ("iso-tsap", 102, .tcp), ("acr-nema", 104, .tcp), ("pop3", 110, .tcp), ("sunrpc", 111, .both),
    ("auth", 113, .tcp), ("nntp", 119, .tcp), ("ntp", 123, .udp), ("epmap", 135, .tcp), ("netbios-ns", 137, .udp),
    ("netbios-dgm", 138, .udp), ("netbios-ssn", 139, .tcp), ("imap2", 143, .tcp), ("snmp", 161, .both),
    ("snmp-trap", 162, .both), ("cmip-man", 163, .both), ("cmip-agent", 164, .both), ("mailq", 174, .tcp),
    ("xdmcp", 177, .udp), ("bgp", 179, .tcp), ("smux", 199, .tcp), ("qmtp", 209, .tcp), ("z3950", 210, .tcp),
    ("ipx", 213, .udp), ("ptp-event", 319, .udp), ("ptp-general", 320, .udp), ("pawserv", 345, .tcp),
    ("zserv", 346, .tcp), ("rpc2portmap", 369, .both), ("codaauth2", 370, .both), ("clearcase", 371, .udp),
    ("ldap", 389, .both), ("svrloc", 427, .both), ("https", 443, .both), ("snpp", 444, .tcp),
    ("microsoft-ds", 445, .tcp), ("kpasswd", 464, .both), ("submissions", 465, .tcp), ("saft", 487, .tcp),
    ("isakmp", 500, .udp), ("rtsp", 554, .both), ("nqs", 607, .tcp), ("asf-rmcp", 623, .udp), ("qmqp", 628, .tcp),
    ("ipp", 631, .tcp), ("ldp", 646, .both), ("exec", 512, .tcp), ("biff", 512, .udp), ("login", 513, .tcp),
    ("who", 513, .udp), ("shell", 514, .tcp), ("syslog", 514, .udp), ("printer", 515, .tcp), ("talk", 517, .udp),
    ("ntalk", 518, .udp), ("route", 520, .udp), ("gdomap", 538, .both), ("uucp", 540, .tcp), ("klogin", 543, .tcp),
    ("kshell", 544, .tcp), ("dhcpv6-client", 546, .udp), ("dhcpv6-server", 547, .udp), ("afpovertcp", 548, .tcp),
    ("nntps", 563, .tcp), ("submission", 587, .tcp), ("ldaps", 636, .both), ("tinc", 655, .both),
    ("silc", 706, .tcp), ("kerberos-adm", 749, .tcp), ("domain-s", 853, .both), ("rsync", 873, .tcp),
    ("ftps-data", 989, .tcp), ("ftps", 990, .tcp), ("telnets", 992, .tcp), ("imaps", 993, .tcp),
    ("pop3s", 995, .tcp), ("socks", 1080, .tcp), ("proofd", 1093, .tcp), ("rootd", 1094, .tcp),
    ("openvpn", 1194, .both), ("rmiregistry", 1099, .tcp), ("lotusnote", 1352, .tcp), ("ms-sql-s", 1433, .tcp),
    ("ms-sql-m", 1434, .udp), ("ingreslock", 1524, .tcp), ("datametrics", 1645, .both), ("sa-msg-port", 1646, .both),
    ("kermit", 1649, .tcp), ("groupwise", 1677, .tcp), ("l2f", 1701, .udp), ("radius", 1812, .both),
    ("radius-acct", 1813, .both), ("cisco-sccp", 2000, .tcp), ("nfs", 2049, .both), ("gnunet", 2086, .both),
    ("rtcm-sc104", 2101, .both), ("gsigatekeeper", 2119, .tcp), ("gris", 2135, .tcp), ("cvspserver", 2401, .tcp),
    ("venus", 2430, .both), ("venus-se", 2431, .both), ("codasrv", 2432, .both), ("codasrv-se", 2433, .both),
    ("mon", 2583, .both), ("dict", 2628, .tcp), ("f5-globalsite", 2792, .tcp), ("gsiftp", 2811, .tcp),
    ("gpsd", 2947, .tcp), ("gds-db", 3050, .tcp), ("icpv2", 3130, .udp), ("isns", 3205, .both),
    ("iscsi-target", 3260, .tcp), ("mysql", 3306, .tcp), ("ms-wbt-server", 3389, .tcp), ("nut", 3493, .both),
    ("distcc", 3632, .tcp), ("daap", 3689, .tcp), ("svn", 3690, .tcp), ("suucp", 4031, .tcp), ("sysrqd", 4094, .tcp),
    ("sieve", 4190, .tcp), ("epmd", 4369, .tcp), ("remctl", 4373, .tcp), ("f5-iquery", 4353, .tcp),
    ("ntske", 4460, .tcp), ("ipsec-nat-t", 4500, .udp), ("iax", 4569, .udp), ("mtn", 4691, .tcp),
    ("radmin-port", 4899, .tcp), ("sip", 5060, .both), ("sip-tls", 5061, .both), ("xmpp-client", 5222, .tcp),
    ("xmpp-server", 5269, .tcp), ("cfengine", 5308, .tcp), ("mdns", 5353, .udp), ("postgresql", 5432, .tcp),
    ("freeciv", 5556, .tcp), ("amqps", 5671, .tcp), ("amqp", 5672, .tcp), ("x11", 6000, .tcp), ("x11-1", 6001, .tcp),
    ("x11-2", 6002, .tcp), ("x11-3", 6003, .tcp), ("x11-4", 6004, .tcp), ("x11-5", 6005, .tcp),
    ("x11-6", 6006, .tcp), ("x11-7", 6007, .tcp), ("gnutella-svc", 6346, .both), ("gnutella-rtr", 6347, .both),
    ("redis", 6379, .tcp), ("sge-qmaster", 6444, .tcp), ("sge-execd", 6445, .tcp), ("mysql-proxy", 6446, .tcp),
    ("babel", 6696, .udp), ("ircs-u", 6697, .tcp), ("bbs", 7000, .tcp), ("afs3-fileserver", 7000, .udp),
    ("afs3-callback", 7001, .udp), ("afs3-prserver", 7002, .udp), ("afs3-vlserver", 7003, .udp),
    ("afs3-kaserver", 7004, .udp), ("afs3-volser", 7005, .udp), ("afs3-bos", 7007, .udp),
    ("afs3-update", 7008, .udp), ("afs3-rmtsys", 7009, .udp), ("font-service", 7100, .tcp), ("http-alt", 8080, .tcp),
    ("puppet", 8140, .tcp), ("bacula-dir", 9101, .tcp), ("bacula-fd", 9102, .tcp), ("bacula-sd", 9103, .tcp),
    ("xmms2", 9667, .tcp), ("nbd", 10809, .tcp), ("zabbix-agent", 10050, .tcp), ("zabbix-trapper", 10051, .tcp),
    ("amanda", 10080, .tcp), ("dicom", 11112, .tcp), ("hkp", 11371, .tcp), ("db-lsp", 17500, .tcp),
    ("dcap", 22125, .tcp), ("gsidcap", 22128, .tcp), ("wnn6", 22273, .tcp), ("kerberos4", 750, .both),
    ("kerberos-master", 751, .both), ("passwd-server", 752, .udp), ("krb-prop", 754, .tcp),
    ("zephyr-srv", 2102, .udp), ("zephyr-clt", 2103, .udp), ("zephyr-hm", 2104, .udp), ("iprop", 2121, .tcp),
    ("supfilesrv", 871, .tcp), ("supfiledbg", 1127, .tcp), ("poppassd", 106, .tcp), ("moira-db", 775, .tcp),
    ("moira-update", 777, .tcp), ("moira-ureg", 779, .udp), ("spamd", 783, .tcp), ("skkserv", 1178, .tcp),
    ("predict", 1210, .udp), ("rmtcfg", 1236, .tcp), ("xtel", 1313, .tcp), ("xtelw", 1314, .tcp),
    ("zebrasrv", 2600, .tcp), ("zebra", 2601, .tcp), ("ripd", 2602, .tcp), ("ripngd", 2603, .tcp),
    ("ospfd", 2604, .tcp), ("bgpd", 2605, .tcp), ("ospf6d", 2606, .tcp), ("ospfapi", 2607, .tcp),
    ("isisd", 2608, .tcp), ("fax", 4557, .tcp), ("hylafax", 4559, .tcp), ("munin", 4949, .tcp),
    ("rplay", 5555, .udp), ("nrpe", 5666, .tcp), ("nsca", 5667, .tcp), ("canna", 5680, .tcp),
    ("syslog-tls", 6514, .tcp), ("sane-port", 6566, .tcp), ("ircd", 6667, .tcp), ("zope-ftp", 8021, .tcp),
    ("tproxy", 8081, .tcp), ("omniorb", 8088, .tcp), ("clc-build-daemon", 8990, .tcp), ("xinetd", 9098, .tcp),
    ("git", 9418, .tcp), ("zope", 9673, .tcp), ("webmin", 10000, .tcp), ("kamanda", 10081, .tcp),
    ("amandaidx", 10082, .tcp), ("amidxtape", 10083, .tcp), ("sgi-cmsd", 17001, .udp), ("sgi-crsd", 17002, .udp),
    ("sgi-gcd", 17003, .udp), ("sgi-cad", 17004, .tcp), ("binkp", 24554, .tcp), ("asp", 27374, .both),
    ("csync2", 30865, .tcp), ("dircproxy", 57000, .tcp), ("tfido", 60177, .tcp), ("fido", 60179, .tcp),
  ]

  private static let aliases: [(alias: String, name: String)] = [
    ("sink", "discard"), ("null", "discard"), ("users", "systat"), ("quote", "qotd"), ("ttytst", "chargen"),
    ("source", "chargen"), ("fspd", "fsp"), ("mail", "smtp"), ("timserver", "time"), ("nicname", "whois"),
    ("www", "http"), ("kerberos5", "kerberos"), ("krb5", "kerberos"), ("kerberos-sec", "kerberos"),
    ("tsap", "iso-tsap"), ("dicom", "acr-nema"), ("pop-3", "pop3"), ("portmapper", "sunrpc"),
    ("authentication", "auth"), ("tap", "auth"), ("ident", "auth"), ("readnews", "nntp"), ("untp", "nntp"),
    ("loc-srv", "epmap"), ("imap", "imap2"), ("snmptrap", "snmp-trap"), ("wais", "z3950"),
    ("Clearcase", "clearcase"), ("ssmtp", "submissions"), ("smtps", "submissions"), ("urd", "submissions"),
    ("comsat", "biff"), ("whod", "who"), ("cmd", "shell"), ("syslog", "shell"), ("spooler", "printer"),
    ("router", "route"), ("routed", "route"), ("uucpd", "uucp"), ("krcmd", "kshell"), ("snntp", "nntps"),
    ("lotusnotes", "lotusnote"), ("old-radius", "datametrics"), ("old-radacct", "sa-msg-port"), ("l2tp", "l2f"),
    ("radacct", "radius-acct"), ("gds_db", "gds-db"), ("icp", "icpv2"), ("subversion", "svn"),
    ("jabber-client", "xmpp-client"), ("jabber-server", "xmpp-server"), ("postgres", "postgresql"),
    ("rptp", "freeciv"), ("x11-0", "x11"), ("sge_qmaster", "sge-qmaster"), ("sge_execd", "sge-execd"),
    ("xfs", "font-service"), ("webcache", "http-alt"), ("kerberos-iv", "kerberos4"), ("kdc", "kerberos4"),
    ("kerberos_master", "kerberos-master"), ("passwd_server", "passwd-server"), ("krb_prop", "krb-prop"),
    ("krb5_prop", "krb-prop"), ("hprop", "krb-prop"), ("moira_db", "moira-db"), ("moira_update", "moira-update"),
    ("moira_ureg", "moira-ureg"), ("lrrd", "munin"), ("sane", "sane-port"), ("saned", "sane-port"),
  ]
}

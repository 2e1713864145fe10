package setting

import "strings"

// The sections of the settings, in the order of the documentation.
const (
	sectionServer   = "Server"
	sectionDatabase = "Database"
	sectionAccess   = "Passwords"
	sectionLogin    = "Logins"
	sectionLog      = "Log"
	sectionDomain   = "Behaviour"
	sectionWebhooks = "Webhooks"
	sectionPages    = "Pages and badges"
)

// settings lists all that can be set about a broker. Names, meanings and
// defaults are those of the Pact Broker where it has the setting.
func settings() []setting {
	all := serverSettings()
	all = append(all, accessSettings()...)
	all = append(all, loginSettings()...)
	all = append(all, domainSettings()...)
	all = append(all, limitSettings()...)
	all = append(all, webhookSettings()...)
	return append(all, cleanSettings()...)
}

func serverSettings() []setting {
	return []setting{
		{sectionServer, "port", "PORT", "port to listen on; 0 lets the system choose",
			func(o *Config) settingValue { return numberValue{&o.Port} }, ""},
		{sectionServer, "host", "HOST", "address to listen on; empty means every address of the machine",
			func(o *Config) settingValue { return textValue{&o.Host} }, ""},
		{sectionServer, "base-url", "BASE_URL", "address under which clients reach the broker, if a proxy stands before it, with the path that the proxy takes off; several separated by spaces",
			func(o *Config) settingValue { return listValue{to: &o.BaseURLs} }, "that of the request"},
		{sectionServer, "tls-cert", "TLS_CERT", "file of the certificate (PEM) with which to answer HTTPS, with those between it and its authority; read again when it has changed",
			func(o *Config) settingValue { return textValue{&o.TLS.CertFile} }, ""},
		{sectionServer, "tls-key", "TLS_KEY", "file of the key of that certificate (PEM)",
			func(o *Config) settingValue { return textValue{&o.TLS.KeyFile} }, ""},
		{sectionServer, "tls-client-ca", "TLS_CLIENT_CA", "file of certificates (PEM) of which one has to have signed the certificate of each client; without it clients need none",
			func(o *Config) settingValue { return textValue{&o.TLS.ClientCAFile} }, ""},
		{sectionServer, "allowed-hosts", "ALLOWED_HOSTS", "names by which the broker may be asked besides those in --base-url, once that is set, such as one inside a cluster; * stands for all; addresses, localhost and names without a dot always may",
			func(o *Config) settingValue { return listValue{to: &o.AllowedHosts} }, ""},
		{sectionServer, "trusted-proxies", "TRUSTED_PROXIES", "addresses and networks of the proxies before the broker: what others say in Forwarded and X-Forwarded headers does not count",
			func(o *Config) settingValue { return listValue{to: &o.TrustedProxies} }, ""},
		{sectionServer, "max-body-size", "MAX_BODY_SIZE", "largest request body that is accepted; more is answered 413",
			func(o *Config) settingValue { return bytesValue{&o.MaxBodySize} }, ""},
		{sectionServer, "request-timeout", "REQUEST_TIMEOUT", "seconds that the broker may work on one request before it answers 503; the default gives way to a longer --database-statement-timeout; 0 means no limit",
			func(o *Config) settingValue { return secondsValue{&o.RequestTimeout} }, ""},
		{sectionServer, "keep-alive-timeout", "PUMA_PERSISTENT_TIMEOUT", "seconds for which an idle connection is kept open; longer than that of a load balancer before it",
			func(o *Config) settingValue { return secondsValue{&o.KeepAlive} }, ""},
		{sectionServer, "ignore-settings", ignoreSettings, "variables that are taken as not set, for an environment that was made for a Pact Broker",
			func(o *Config) settingValue { return listValue{to: &o.IgnoreSettings} }, ""},
		{sectionServer, "shutdown-timeout", "SHUTDOWN_TIMEOUT", "seconds to wait for running requests when stopping",
			func(o *Config) settingValue { return secondsValue{&o.ShutdownTimeout} }, ""},
		{sectionDatabase, "database", "DATABASE_URL", "sqlite:PATH, sqlite:////absolute/path or postgres://user:password@host:port/name",
			func(o *Config) settingValue { return textValue{&o.Database} }, ""},
		{sectionDatabase, "database-max-connections", "DATABASE_MAX_CONNECTIONS", "most connections to the database; 0 means 16 to PostgreSQL and 4 readers of SQLite",
			func(o *Config) settingValue { return numberValue{&o.MaxConnections} }, ""},
		{sectionDatabase, "database-statement-timeout", "DATABASE_STATEMENT_TIMEOUT", "seconds that a statement may take on PostgreSQL, and on SQLite all that one request writes, for which the others wait; 0 means 15 and 10",
			func(o *Config) settingValue { return secondsValue{&o.StatementTimeout} }, ""},
		{sectionDatabase, "database-pool-timeout", "DATABASE_POOL_TIMEOUT", "seconds that a request waits for a connection to PostgreSQL when all are in use, before it is answered 503; 0 means 5",
			func(o *Config) settingValue { return secondsValue{&o.ConnectionWait} }, ""},
		{sectionDatabase, "database-pool-mode", "DATABASE_POOL_MODE", "how a pooler such as PgBouncer before PostgreSQL gives out connections: transaction or session; auto finds out",
			func(o *Config) settingValue { return textValue{&o.PoolMode} }, ""},
		{sectionDatabase, "database-connect-max-retries", "DATABASE_CONNECT_MAX_RETRIES", "how often to try again, 3 seconds apart, when the database does not answer at the start; with 0 a broker on PostgreSQL starts without it, answers 503 and tries until it is there",
			func(o *Config) settingValue { return numberValue{&o.ConnectRetries} }, ""},
		{sectionLog, "log-level", "LOG_LEVEL", "debug, info, warn or error",
			func(o *Config) settingValue { return textValue{&o.LogLevel} }, ""},
		{sectionLog, "sql-log-level", "SQL_LOG_LEVEL", "level at which each statement to the database is logged, without its values: none, debug, info, warn or error",
			func(o *Config) settingValue { return textValue{&o.SQLLogLevel} }, ""},
		{sectionLog, "sql-log-warn-duration", "SQL_LOG_WARN_DURATION", "seconds after which a statement is logged as a warning, without its values; 0 means never",
			func(o *Config) settingValue { return secondsValue{&o.SQLLogSlow} }, ""},
		{sectionLog, "log-stream", "LOG_STREAM", "stderr or stdout",
			func(o *Config) settingValue { return streamValue{&o.LogStream} }, ""},
		{sectionLog, "log-format", "LOG_FORMAT", "text or json; default, color, logfmt, one_line and short mean text",
			func(o *Config) settingValue { return formatValue{textValue{&o.LogFormat}} }, ""},
	}
}

func accessSettings() []setting {
	return []setting{
		{sectionAccess, "basic-auth-enabled", "BASIC_AUTH_ENABLED", "false switches the passwords off although they are set",
			func(o *Config) settingValue { return boolValue{to: &o.Auth.Disabled, not: true} }, "true if user and password are set"},
		{sectionAccess, "basic-auth-username", "BASIC_AUTH_USERNAME", "user who may read and write",
			func(o *Config) settingValue { return textValue{&o.Auth.Username} }, ""},
		{sectionAccess, "basic-auth-password", "BASIC_AUTH_PASSWORD", "the user's password; better in the variable than in the flag, which others on the machine can see",
			func(o *Config) settingValue { return secretValue{&o.Auth.Password} }, ""},
		{sectionAccess, "basic-auth-read-only-username", "BASIC_AUTH_READ_ONLY_USERNAME", "user who may read",
			func(o *Config) settingValue { return textValue{&o.Auth.ReadOnlyUsername} }, ""},
		{sectionAccess, "basic-auth-read-only-password", "BASIC_AUTH_READ_ONLY_PASSWORD", "that user's password",
			func(o *Config) settingValue { return secretValue{&o.Auth.ReadOnlyPassword} }, ""},
		{sectionAccess, "allow-public-read", "ALLOW_PUBLIC_READ", "reading needs no password",
			func(o *Config) settingValue { return boolValue{to: &o.Auth.PublicRead} }, ""},
		{sectionAccess, "public-heartbeat", "PUBLIC_HEARTBEAT", "asking whether the broker is alive needs no password",
			func(o *Config) settingValue { return boolValue{to: &o.Auth.PublicHeartbeat} }, ""},
		{sectionAccess, "enable-public-badge-access", "ENABLE_PUBLIC_BADGE_ACCESS", "badges need no password",
			func(o *Config) settingValue { return boolValue{to: &o.Auth.PublicBadges} }, ""},
		{sectionAccess, "identity", "IDENTITY", "ask everybody who they are, and know accounts by their tokens; treaty token create makes the first",
			func(o *Config) settingValue { return boolValue{to: &o.Identity} }, ""},
		{sectionAccess, "issuer-hosts", "ISSUER_HOSTS", "hosts of issuers whose tokens trust rules may take, as those of webhooks; empty allows every host at a public address",
			func(o *Config) settingValue { return listValue{to: &o.Issuers.Hosts} }, ""},
		{sectionAccess, "issuer-allow-loopback", "ISSUER_ALLOW_LOOPBACK", "issuers may be on this machine, also by http",
			func(o *Config) settingValue { return boolValue{to: &o.Issuers.AllowLoopback} }, ""},
		{sectionAccess, "issuer-allow-private", "ISSUER_ALLOW_PRIVATE", "issuers may be in private networks, such as 10.0.0.0/8; naming a host in the list of hosts, not by an expression, allows that one",
			func(o *Config) settingValue { return boolValue{to: &o.Issuers.AllowPrivate} }, ""},
		{sectionAccess, "issuer-certificates", "ISSUER_CERTIFICATES", "files of certificates (PEM) that are trusted besides the system's where issuers are asked for their keys",
			func(o *Config) settingValue { return listValue{to: &o.IssuerCertificateFiles} }, ""},
		{sectionAccess, "issuer-proxy", "ISSUER_PROXY", "proxy that issuers are asked through, such as http://proxy.example.org:3128; HTTP_PROXY and the like are not asked",
			func(o *Config) settingValue { return textValue{&o.Issuers.Proxy} }, "none"},
		{sectionAccess, "audit", "AUDIT", "keep a record of who did what; with --identity it is kept always",
			func(o *Config) settingValue { return boolValue{to: &o.Audit} }, ""},
		{sectionAccess, "audit-keep", "AUDIT_KEEP", "seconds that the record is kept, such as 31536000 for a year; 0 keeps all of it",
			func(o *Config) settingValue { return secondsValue{&o.AuditAge} }, ""},
		{sectionAccess, "secrets-key", "SECRETS_KEY", "keys that secrets of webhooks are encrypted with, 32 bytes in base64 each, the newest first; better in the file than in the flag",
			func(o *Config) settingValue { return secretValue{&o.SecretsKey} }, ""},
		{sectionAccess, "secrets-key-file", "SECRETS_KEY_FILE", "file with such keys",
			func(o *Config) settingValue { return textValue{&o.SecretsKeyFile} }, ""},
		{sectionPages, "dashboard", "DASHBOARD", "serve the pages for people",
			func(o *Config) settingValue { return boolValue{to: &o.Dashboard} }, ""},
		{sectionPages, "badge-provider-mode", "BADGE_PROVIDER_MODE", "redirect sends badges on to the server below; draw (or proxy) has the broker draw them",
			func(o *Config) settingValue { return badgeValue{&o.Badges.Draw} }, ""},
		{sectionPages, "shields-io-base-url", "SHIELDS_IO_BASE_URL", "server that draws badges",
			func(o *Config) settingValue { return textValue{&o.Badges.ShieldsURL} }, "https://img.shields.io"},
		{sectionPages, "badge-default-cache-setting", "BADGE_DEFAULT_CACHE_SETTING", "Cache-Control of the can-i-merge badge",
			func(o *Config) settingValue { return textValue{&o.Badges.MergeCache} }, "max-age=30"},
		{sectionPages, "enable-diagnostic-endpoints", "ENABLE_DIAGNOSTIC_ENDPOINTS", "serve the addresses below /diagnostic",
			func(o *Config) settingValue { return boolValue{to: &o.Diagnostics} }, ""},
	}
}

func domainSettings() []setting {
	return []setting{
		{sectionDomain, "allow-dangerous-contract-modification", "ALLOW_DANGEROUS_CONTRACT_MODIFICATION", "a version may publish its pact again with other content",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.AllowContractModification} }, ""},
		{sectionDomain, "check-for-potential-duplicate-pacticipant-names", "CHECK_FOR_POTENTIAL_DUPLICATE_PACTICIPANT_NAMES", "refuse new names that look like a misspelt one",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.CheckSimilarNames} }, ""},
		{sectionDomain, "auto-detect-main-branch", "AUTO_DETECT_MAIN_BRANCH", "take the first branch or tag that is a candidate as main branch",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.AutoDetectMainBranch} }, ""},
		{sectionDomain, "main-branch-candidates", "MAIN_BRANCH_CANDIDATES", "the candidates",
			func(o *Config) settingValue { return listValue{to: &o.Domain.MainBranchCandidates} }, ""},
		{sectionDomain, "use-first-tag-as-branch", "USE_FIRST_TAG_AS_BRANCH", "the first tag of a new version without branch is its branch too",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.UseFirstTagAsBranch} }, ""},
		{sectionDomain, "use-first-tag-as-branch-time-limit", "USE_FIRST_TAG_AS_BRANCH_TIME_LIMIT", "seconds for which a version counts as new for that",
			func(o *Config) settingValue { return secondsValue{&o.Domain.FirstTagAsBranchLimit} }, ""},
		{sectionDomain, "create-deployed-versions-for-tags", "CREATE_DEPLOYED_VERSIONS_FOR_TAGS", "a tag named like an environment records a deployment there",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.DeployedVersionsForTags} }, ""},
		{sectionDomain, "order-versions-by-date", "ORDER_VERSIONS_BY_DATE", "order versions by when they came; false orders by semantic version and refuses other numbers",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.OrderVersionsByDate} }, ""},
		{sectionDomain, "use-case-sensitive-resource-names", "USE_CASE_SENSITIVE_RESOURCE_NAMES", "tell applications apart by the case of their names",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.IgnoreNameCase, not: true} }, "true"},
		{sectionDomain, "pact-content-diff-timeout", "PACT_CONTENT_DIFF_TIMEOUT", "seconds for which two pacts are compared; longer is answered 408",
			func(o *Config) settingValue { return secondsValue{&o.Domain.DiffTimeout} }, ""},
		{sectionDomain, "original-decisions", "ORIGINAL_DECISIONS", "answer can-i-deploy as the Pact Broker does, also where that is a yes without proof; only for comparing the two",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.OriginalDecisions} }, ""},
		{sectionDomain, "verified-by-other-branch-lookback-days", "VERIFIED_BY_OTHER_BRANCH_LOOKBACK_DAYS", "days for which a successful result keeps a pact from being work in progress",
			func(o *Config) settingValue { return daysValue{&o.Domain.WIPLookBack} }, ""},
		{sectionDomain, "dynamic-wip-window", "DYNAMIC_WIP_WINDOW", "let work in progress begin some days ago, as the next three say, by the age of the pacts that are not proven, instead of at the provider's date",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.DynamicWIPWindow} }, ""},
		{sectionDomain, "max-wip-lookback-days", "MAX_WIP_LOOKBACK_DAYS", "most days that this looks and goes back",
			func(o *Config) settingValue { return daysValue{&o.Domain.WIPWindow.Looks} }, ""},
		{sectionDomain, "min-wip-window-days", "MIN_WIP_WINDOW_DAYS", "least days that it goes back",
			func(o *Config) settingValue { return daysValue{&o.Domain.WIPWindow.Least} }, ""},
		{sectionDomain, "default-wip-window-days", "DEFAULT_WIP_WINDOW_DAYS", "days that it goes back if no pact is that young",
			func(o *Config) settingValue { return daysValue{&o.Domain.WIPWindow.Default} }, ""},
		{sectionDomain, "base-equality-only-on-content", "BASE_EQUALITY_ONLY_ON_CONTENT_THAT_AFFECTS_VERIFICATION_RESULTS", "pacts are equal if all that affects verification is; false compares their whole text",
			func(o *Config) settingValue { return boolValue{to: &o.Domain.EqualityOnContentOnly} }, ""},
	}
}

func webhookSettings() []setting {
	return []setting{
		{sectionWebhooks, "webhook-http-method-whitelist", "WEBHOOK_HTTP_METHOD_WHITELIST", "methods that webhooks may use",
			func(o *Config) settingValue {
				return listValue{to: &o.Domain.Webhooks.Methods, shape: strings.ToUpper}
			}, ""},
		{sectionWebhooks, "webhook-scheme-whitelist", "WEBHOOK_SCHEME_WHITELIST", "schemes that webhooks may call",
			func(o *Config) settingValue {
				return listValue{to: &o.Domain.Webhooks.Schemes, shape: strings.ToLower}
			}, ""},
		{sectionWebhooks, "webhook-host-whitelist", "WEBHOOK_HOST_WHITELIST", "hosts that webhooks may call: names, *.domain, addresses, networks, /expressions/; empty allows every host and hides the answers",
			func(o *Config) settingValue { return listValue{to: &o.Domain.Webhooks.Hosts} }, ""},
		{sectionWebhooks, "webhook-retry-schedule", "WEBHOOK_RETRY_SCHEDULE", "seconds between attempts; empty means one attempt",
			func(o *Config) settingValue { return scheduleValue{&o.Delivery.RetrySchedule} }, ""},
		{sectionWebhooks, "webhook-http-code-success", "WEBHOOK_HTTP_CODE_SUCCESS", "statuses that count as delivered",
			func(o *Config) settingValue { return numbersValue{&o.Delivery.SuccessCodes} }, ""},
		{sectionWebhooks, "webhook-redact-sensitive-data", "WEBHOOK_REDACT_SENSITIVE_DATA", "put stars for sensitive headers in the stored logs",
			func(o *Config) settingValue { return boolValue{to: &o.Delivery.Redact} }, ""},
		{sectionWebhooks, "webhook-certificates", certificates, "files of certificates (PEM) that webhooks trust besides the system's; numbered variables, as below, do the same",
			func(o *Config) settingValue { return listValue{to: &o.CertificateFiles} }, ""},
		{sectionWebhooks, "disable-ssl-verification", "DISABLE_SSL_VERIFICATION", "accept any certificate of a webhook's server",
			func(o *Config) settingValue { return boolValue{to: &o.Delivery.SkipTLSVerification} }, ""},
		{sectionWebhooks, "webhook-allow-loopback", "WEBHOOK_ALLOW_LOOPBACK", "webhooks may call this machine, at any of its addresses; naming localhost or the address in the list of hosts allows that one",
			func(o *Config) settingValue { return boolValue{to: &o.Delivery.AllowLoopback} }, ""},
		{sectionWebhooks, "webhook-allow-private", "WEBHOOK_ALLOW_PRIVATE", "webhooks may call private networks, such as 10.0.0.0/8; naming a host in the list of hosts, not by an expression, allows that one",
			func(o *Config) settingValue { return boolValue{to: &o.Delivery.AllowPrivate} }, ""},
		{sectionWebhooks, "webhook-proxy", "WEBHOOK_PROXY", "proxy that webhooks go through, such as http://proxy.example.org:3128; HTTP_PROXY and the like are not asked",
			func(o *Config) settingValue { return textValue{&o.Delivery.Proxy} }, "none"},
		{sectionWebhooks, "user-agent", "USER_AGENT", "how webhook requests name the broker",
			func(o *Config) settingValue { return textValue{&o.Delivery.UserAgent} }, "Treaty with its version"},
	}
}

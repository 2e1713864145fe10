package usecasetest

import (
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// What fails of accounts, roles, tokens, teams, secrets and the record of who did what.

func (f *failingTx) IdentityChange() (int64, error) {
	return finding(f, func() (int64, error) { return f.tx.IdentityChange() })
}
func (f *failingTx) FindCredential(a string) (kernel.Credential, error) {
	return finding(f, func() (kernel.Credential, error) { return f.tx.FindCredential(a) })
}
func (f *failingTx) FindPrincipal(a string) (kernel.Principal, error) {
	return finding(f, func() (kernel.Principal, error) { return f.tx.FindPrincipal(a) })
}
func (f *failingTx) ListPrincipals(a kernel.PrincipalFilter) ([]kernel.Principal, int, error) {
	return listing(f, func() ([]kernel.Principal, int, error) { return f.tx.ListPrincipals(a) })
}
func (f *failingTx) CreatePrincipal(a kernel.Principal) (kernel.Principal, error) {
	return finding(f, func() (kernel.Principal, error) { return f.tx.CreatePrincipal(a) })
}
func (f *failingTx) SavePrincipal(a kernel.Principal) error {
	return calling(f, func() error { return f.tx.SavePrincipal(a) })
}
func (f *failingTx) DeletePrincipal(a int64) error {
	return calling(f, func() error { return f.tx.DeletePrincipal(a) })
}
func (f *failingTx) FindPerson(a, b string) (kernel.Principal, error) {
	return finding(f, func() (kernel.Principal, error) { return f.tx.FindPerson(a, b) })
}
func (f *failingTx) FindByEmail(a string) (kernel.Principal, error) {
	return finding(f, func() (kernel.Principal, error) { return f.tx.FindByEmail(a) })
}
func (f *failingTx) FindSession(a string) (kernel.Credential, error) {
	return finding(f, func() (kernel.Credential, error) { return f.tx.FindSession(a) })
}
func (f *failingTx) CreateSession(a kernel.Session) (kernel.Session, error) {
	return finding(f, func() (kernel.Session, error) { return f.tx.CreateSession(a) })
}
func (f *failingTx) EndSession(a string) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.EndSession(a) })
}
func (f *failingTx) EndSessionsOf(a int64) error {
	return calling(f, func() error { return f.tx.EndSessionsOf(a) })
}
func (f *failingTx) NoteLogin(a kernel.Principal) error {
	return calling(f, func() error { return f.tx.NoteLogin(a) })
}
func (f *failingTx) NoteSeen(a map[int64]time.Time) error {
	return calling(f, func() error { return f.tx.NoteSeen(a) })
}
func (f *failingTx) UseLogin(a string, b time.Time) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.UseLogin(a, b) })
}
func (f *failingTx) AnyExpired(a time.Time) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.AnyExpired(a) })
}
func (f *failingTx) DeleteExpired(a time.Time, b int) (int, error) {
	return finding(f, func() (int, error) { return f.tx.DeleteExpired(a, b) })
}
func (f *failingTx) FindDeviceLogin(a string) (kernel.DeviceLogin, error) {
	return finding(f, func() (kernel.DeviceLogin, error) { return f.tx.FindDeviceLogin(a) })
}
func (f *failingTx) FindDeviceLoginByCode(a string) (kernel.DeviceLogin, error) {
	return finding(f, func() (kernel.DeviceLogin, error) { return f.tx.FindDeviceLoginByCode(a) })
}
func (f *failingTx) CountDeviceLogins(a time.Time, b string) (int, int, error) {
	return listing(f, func() (int, int, error) { return f.tx.CountDeviceLogins(a, b) })
}
func (f *failingTx) CreateDeviceLogin(a kernel.DeviceLogin) (kernel.DeviceLogin, error) {
	return finding(f, func() (kernel.DeviceLogin, error) { return f.tx.CreateDeviceLogin(a) })
}
func (f *failingTx) SaveDeviceLogin(a kernel.DeviceLogin) error {
	return calling(f, func() error { return f.tx.SaveDeviceLogin(a) })
}
func (f *failingTx) SetLoginTeams(a int64, b []int64) error {
	return calling(f, func() error { return f.tx.SetLoginTeams(a, b) })
}
func (f *failingTx) FindToken(a string) (kernel.Token, error) {
	return finding(f, func() (kernel.Token, error) { return f.tx.FindToken(a) })
}
func (f *failingTx) TokensOf(a int64) ([]kernel.Token, error) {
	return finding(f, func() ([]kernel.Token, error) { return f.tx.TokensOf(a) })
}
func (f *failingTx) CreateToken(a kernel.Token) (kernel.Token, error) {
	return finding(f, func() (kernel.Token, error) { return f.tx.CreateToken(a) })
}
func (f *failingTx) SaveToken(a kernel.Token) error {
	return calling(f, func() error { return f.tx.SaveToken(a) })
}
func (f *failingTx) DeleteToken(a int64) error {
	return calling(f, func() error { return f.tx.DeleteToken(a) })
}
func (f *failingTx) NoteUse(a map[int64]time.Time) error {
	return calling(f, func() error { return f.tx.NoteUse(a) })
}
func (f *failingTx) ListRoles() ([]kernel.AccessRole, error) {
	return finding(f, func() ([]kernel.AccessRole, error) { return f.tx.ListRoles() })
}
func (f *failingTx) CreateRole(a kernel.AccessRole) (kernel.AccessRole, error) {
	return finding(f, func() (kernel.AccessRole, error) { return f.tx.CreateRole(a) })
}
func (f *failingTx) SaveRole(a kernel.AccessRole) error {
	return calling(f, func() error { return f.tx.SaveRole(a) })
}
func (f *failingTx) DeleteRole(a int64) error {
	return calling(f, func() error { return f.tx.DeleteRole(a) })
}
func (f *failingTx) FindTeam(a string) (kernel.Team, error) {
	return finding(f, func() (kernel.Team, error) { return f.tx.FindTeam(a) })
}
func (f *failingTx) ListTeams(a kernel.TeamFilter) ([]kernel.Team, int, error) {
	return listing(f, func() ([]kernel.Team, int, error) { return f.tx.ListTeams(a) })
}
func (f *failingTx) CreateTeam(a kernel.Team) (kernel.Team, error) {
	return finding(f, func() (kernel.Team, error) { return f.tx.CreateTeam(a) })
}
func (f *failingTx) SaveTeam(a kernel.Team) error {
	return calling(f, func() error { return f.tx.SaveTeam(a) })
}
func (f *failingTx) DeleteTeam(a int64) error {
	return calling(f, func() error { return f.tx.DeleteTeam(a) })
}
func (f *failingTx) GuardedEnvironments() ([]string, error) {
	return finding(f, func() ([]string, error) { return f.tx.GuardedEnvironments() })
}
func (f *failingTx) IsUnclaimed(a int64) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.IsUnclaimed(a) })
}
func (f *failingTx) HasMade(a string) (bool, error) {
	return finding(f, func() (bool, error) { return f.tx.HasMade(a) })
}
func (f *failingTx) Claim(a int64, b string) error {
	return calling(f, func() error { return f.tx.Claim(a, b) })
}
func (f *failingTx) SetEnvironmentTeams(a int64, b []int64) error {
	return calling(f, func() error { return f.tx.SetEnvironmentTeams(a, b) })
}
func (f *failingTx) ListSecrets() ([]kernel.Secret, error) {
	return finding(f, func() ([]kernel.Secret, error) { return f.tx.ListSecrets() })
}
func (f *failingTx) SecretsNamed(a string, b []string) ([]kernel.Secret, error) {
	return finding(f, func() ([]kernel.Secret, error) { return f.tx.SecretsNamed(a, b) })
}
func (f *failingTx) FindSecret(a string) (kernel.Secret, error) {
	return finding(f, func() (kernel.Secret, error) { return f.tx.FindSecret(a) })
}
func (f *failingTx) SealedOtherwise(a string, b int64, c int) ([]kernel.Secret, error) {
	return finding(f, func() ([]kernel.Secret, error) { return f.tx.SealedOtherwise(a, b, c) })
}
func (f *failingTx) CreateSecret(a kernel.Secret) (kernel.Secret, error) {
	return finding(f, func() (kernel.Secret, error) { return f.tx.CreateSecret(a) })
}
func (f *failingTx) SaveSecret(a kernel.Secret) error {
	return calling(f, func() error { return f.tx.SaveSecret(a) })
}
func (f *failingTx) DeleteSecret(a int64) error {
	return calling(f, func() error { return f.tx.DeleteSecret(a) })
}
func (f *failingTx) AddAuditEvent(a kernel.AuditEvent) error {
	return calling(f, func() error { return f.tx.AddAuditEvent(a) })
}
func (f *failingTx) AuditChain() (kernel.AuditChain, error) { return finding(f, f.tx.AuditChain) }
func (f *failingTx) LockAuditChain() (kernel.AuditChain, error) {
	return finding(f, f.tx.LockAuditChain)
}
func (f *failingTx) SaveAuditChain(a kernel.AuditChain) error {
	return calling(f, func() error { return f.tx.SaveAuditChain(a) })
}
func (f *failingTx) UnsealedEvents(a int) ([]kernel.AuditEvent, error) {
	return finding(f, func() ([]kernel.AuditEvent, error) { return f.tx.UnsealedEvents(a) })
}
func (f *failingTx) CountUnsealed() (int, time.Time, error) { return listing(f, f.tx.CountUnsealed) }
func (f *failingTx) SealEvents(a []kernel.AuditEvent) error {
	return calling(f, func() error { return f.tx.SealEvents(a) })
}
func (f *failingTx) SealedEvents(a int64, b int) ([]kernel.AuditEvent, error) {
	return finding(f, func() ([]kernel.AuditEvent, error) { return f.tx.SealedEvents(a, b) })
}
func (f *failingTx) FindAuditEvent(a string) (kernel.AuditEvent, error) {
	return finding(f, func() (kernel.AuditEvent, error) { return f.tx.FindAuditEvent(a) })
}
func (f *failingTx) ListAuditEvents(a kernel.AuditFilter) ([]kernel.AuditEvent, error) {
	return finding(f, func() ([]kernel.AuditEvent, error) { return f.tx.ListAuditEvents(a) })
}
func (f *failingTx) CutAuditEvents(a int64, b int) (kernel.AuditEvent, error) {
	return finding(f, func() (kernel.AuditEvent, error) { return f.tx.CutAuditEvents(a, b) })
}
func (f *failingTx) FirstSealedSince(a time.Time) (int64, error) {
	return finding(f, func() (int64, error) { return f.tx.FirstSealedSince(a) })
}
func (f *failingTx) ListTrustRules() ([]kernel.TrustRule, error) {
	return finding(f, func() ([]kernel.TrustRule, error) { return f.tx.ListTrustRules() })
}
func (f *failingTx) FindTrusted(a string) (kernel.Credential, error) {
	return finding(f, func() (kernel.Credential, error) { return f.tx.FindTrusted(a) })
}
func (f *failingTx) CreateTrustRule(a kernel.TrustRule) (kernel.TrustRule, error) {
	return finding(f, func() (kernel.TrustRule, error) { return f.tx.CreateTrustRule(a) })
}
func (f *failingTx) SaveTrustRule(a kernel.TrustRule) error {
	return calling(f, func() error { return f.tx.SaveTrustRule(a) })
}
func (f *failingTx) DeleteTrustRule(a int64) error {
	return calling(f, func() error { return f.tx.DeleteTrustRule(a) })
}
func (f *failingTx) NoteTrust(a map[int64]time.Time) error {
	return calling(f, func() error { return f.tx.NoteTrust(a) })
}
func (f *failingTx) DeleteExchanged(a time.Time, b int) error {
	return calling(f, func() error { return f.tx.DeleteExchanged(a, b) })
}

package broker

import (
	"context"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/secret"
	"github.com/treatyhq/treaty/broker/internal/usecase"
)

// SecretInput says what [CreateSecret] keeps and [UpdateSecret] changes.
type SecretInput struct {
	// Name is what webhooks call it, as ${user.NAME}. Description tells people what it
	// is for. In an update, nil keeps what is stored.
	Name, Description *string
	// Value is what is sent; nil keeps what is stored.
	Value *Secret
	// Hosts are those that it may be sent to; nil keeps what is stored, and an empty
	// list allows each host that webhooks may call.
	Hosts *[]string
}

func (in SecretInput) internal() secret.Input {
	out := secret.Input{Name: in.Name, Description: in.Description, Hosts: in.Hosts}
	if in.Value != nil {
		value := in.Value.Reveal()
		out.Value = &value
	}
	return out
}

// SecretInfo is what is known of a secret; its value is not.
type SecretInfo struct {
	// UUID identifies the secret for [UpdateSecret] and [DeleteSecret].
	UUID string
	// Name is what webhooks call it, and Description what it is for.
	Name, Description string
	// Hosts are those that it may be sent to; none means each that webhooks may call.
	Hosts []string
	// Key names the key that it is encrypted with, and says nothing of it.
	Key string
	// CreatedAt is when it was made.
	CreatedAt time.Time
	// UpdatedAt is when somebody changed it last; to encrypt it anew is no change.
	UpdatedAt time.Time
}

func secretInfo(s kernel.Secret) SecretInfo {
	return SecretInfo{UUID: s.UUID, Name: s.Name, Description: s.Description, Hosts: s.Hosts, Key: s.Key, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt}
}

// CreateSecret keeps a secret in a database, named as in [Options].Database, encrypted
// with the first of the keys, which are those of [Options].SecretsKey. A broker may run
// on the database meanwhile. The error is [ErrNoDatabase], or says what is wrong.
func CreateSecret(ctx context.Context, database string, keys Secret, in SecretInput) (out SecretInfo, err error) {
	err = withSecrets(ctx, database, keys, func(s *secret.Service) error {
		made, err := s.Create(asOperator(ctx, "secret_created"), in.internal())
		out = secretInfo(made)
		return err
	})
	return out, err
}

// ListSecrets lists the secrets in a database, by name.
func ListSecrets(ctx context.Context, database string) (out []SecretInfo, err error) {
	err = withSecrets(ctx, database, "", func(s *secret.Service) error {
		all, err := s.List(ctx)
		for _, one := range all {
			out = append(out, secretInfo(one))
		}
		return err
	})
	return out, err
}

// UpdateSecret changes what is given of a secret, by its UUID.
func UpdateSecret(ctx context.Context, database string, keys Secret, uuid string, in SecretInput) (out SecretInfo, err error) {
	err = withSecrets(ctx, database, keys, func(s *secret.Service) error {
		changed, err := s.Change(asOperator(ctx, "secret_saved"), uuid, in.internal(), time.Time{})
		out = secretInfo(changed)
		return err
	})
	return out, err
}

// DeleteSecret deletes a secret, by its UUID. Webhooks that name it fail from then on.
func DeleteSecret(ctx context.Context, database, uuid string) error {
	return withSecrets(ctx, database, "", func(s *secret.Service) error { return s.Delete(asOperator(ctx, "secret_deleted"), uuid) })
}

// RotateSecrets encrypts with the first of the keys whatever was encrypted with another
// of them, and returns how many secrets that were. It works in steps, and who was
// interrupted calls it again. The error names those that none of the keys opens.
func RotateSecrets(ctx context.Context, database string, keys Secret) (done int, err error) {
	err = withSecrets(ctx, database, keys, func(s *secret.Service) (err error) {
		done, err = s.Rotate(asOperator(ctx, "secret_rotated"))
		return err
	})
	return done, err
}

func withSecrets(ctx context.Context, database string, keys Secret, work func(*secret.Service) error) error {
	parsed, err := secret.ParseKeys(keys.Reveal())
	if err != nil {
		return err
	}
	return beside(ctx, database, func(all *usecase.All) error {
		all.Secret.Keys = parsed
		return work(all.Secret)
	})
}

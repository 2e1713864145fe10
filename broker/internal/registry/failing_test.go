package registry_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/registry"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
)

var page = kernel.Page{Number: 1, Size: 10}

var errWrong = errors.New("another one was found")

func TestNoFailureOfTheDatabaseIsTakenForAnAnswer(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(ctx context.Context, s *registry.Service, environment string) error{
		"list branches": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ListBranches(ctx, registry.BranchQuery{Pacticipant: "Foo", Page: page})
			return err
		},
		"weigh an application": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.WeighPacticipant(ctx, "Foo")
			return err
		},
		"weigh a pair": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.WeighIntegration(ctx, "Foo", "Bar")
			return err
		},
		"weigh a branch": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.WeighBranch(ctx, "Foo", "main")
			return err
		},
		"names": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ListNames(ctx, 5)
			return err
		},
		"find a branch": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindBranch(ctx, "Foo", "main")
			return err
		},
		"find a version on its branch": func(ctx context.Context, s *registry.Service, _ string) error {
			found, err := s.FindBranchVersion(ctx, "Foo", "main", "1")
			if err == nil && (found.Version != "1" || found.Branch != "main") {
				return errWrong
			}
			return err
		},
		"list deployments of a version": func(ctx context.Context, s *registry.Service, environment string) error {
			_, _, err := s.ListDeployedVersions(ctx, registry.Deployment{Pacticipant: "Bar", Version: "1", EnvironmentUUID: environment})
			return err
		},
		"list releases of a version": func(ctx context.Context, s *registry.Service, environment string) error {
			_, _, err := s.ListReleasedVersions(ctx, registry.Deployment{Pacticipant: "Foo", Version: "1", EnvironmentUUID: environment})
			return err
		},
		"list what is deployed": func(ctx context.Context, s *registry.Service, environment string) error {
			_, _, err := s.ListCurrentlyDeployed(ctx, registry.CurrentQuery{EnvironmentUUID: environment, Pacticipant: "Bar", Version: "1"})
			return err
		},
		"list what is supported": func(ctx context.Context, s *registry.Service, environment string) error {
			_, _, err := s.ListCurrentlySupported(ctx, registry.CurrentQuery{EnvironmentUUID: environment, Pacticipant: "Foo", Version: "1"})
			return err
		},
		"list environments": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ListEnvironments(ctx, "test")
			return err
		},
		"find an environment": func(ctx context.Context, s *registry.Service, environment string) error {
			_, err := s.FindEnvironment(ctx, environment)
			return err
		},
		"list integrations": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ListIntegrations(ctx, kernel.IntegrationQuery{Page: page})
			return err
		},
		"list labels": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ListLabels(ctx, page)
			return err
		},
		"find a label": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindLabel(ctx, "Foo", "team")
			return err
		},
		"list applications": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ListPacticipants(ctx, kernel.PacticipantQuery{Page: page})
			return err
		},
		"find an application": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindPacticipant(ctx, "Foo")
			return err
		},
		"find a tag": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindTag(ctx, "Foo", "1", "dev")
			return err
		},
		"list versions": func(ctx context.Context, s *registry.Service, environment string) error {
			_, err := s.ListVersions(ctx, registry.VersionQuery{Pacticipant: "Foo", Branch: "main", EnvironmentUUID: environment, Page: page})
			return err
		},
		"find a version": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindVersion(ctx, "Foo", "1")
			return err
		},
		"find the latest version": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindLatestVersion(ctx, kernel.LatestVersionQuery{Pacticipant: "Foo", Branch: "main"})
			return err
		},
		"find the latest version with a tag": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.FindLatestVersion(ctx, kernel.LatestVersionQuery{Pacticipant: "Foo", Tag: "dev"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			environment, _, _ := usecasetest.Landscape(t, s)
			failing.EachCall(t, func() error { return do(t.Context(), s.Registry, environment) })
		})
	}
}

func TestWhatIsChangedIsChangedAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(ctx context.Context, s *registry.Service, environment string) error{
		"put a version on a branch": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.PutBranchVersion(ctx, "Foo", "feature", "3")
			return err
		},
		"take a version off its branch": func(ctx context.Context, s *registry.Service, _ string) error {
			return s.DeleteBranchVersion(ctx, "Foo", "main", "1")
		},
		"record a deployment": func(ctx context.Context, s *registry.Service, environment string) error {
			_, err := s.RecordDeployment(ctx, registry.Deployment{Pacticipant: "Foo", Version: "2", EnvironmentUUID: environment, Instance: "blue"})
			return err
		},
		"record a release": func(ctx context.Context, s *registry.Service, environment string) error {
			_, _, err := s.RecordRelease(ctx, registry.Deployment{Pacticipant: "Foo", Version: "2", EnvironmentUUID: environment})
			return err
		},
		"create an environment": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.CreateEnvironment(ctx, registry.EnvironmentInput{Name: "production", Production: true})
			return err
		},
		"replace an environment": func(ctx context.Context, s *registry.Service, environment string) error {
			_, err := s.ReplaceEnvironment(ctx, environment, registry.EnvironmentInput{Name: "acceptance"})
			return err
		},
		"create an application": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.CreatePacticipant(ctx, registry.PacticipantChange{Name: "New", MainBranch: registry.Set("trunk")})
			return err
		},
		"replace an application": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.ReplacePacticipant(ctx, registry.PacticipantChange{Name: "Foo", MainBranch: registry.Set("trunk")})
			return err
		},
		"change an application": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.UpdatePacticipant(ctx, registry.PacticipantChange{Name: "Foo", DisplayName: registry.Set("The Foo")})
			return err
		},
		"label an application": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.PutLabel(ctx, "Foo", "other")
			return err
		},
		"take a label off": func(ctx context.Context, s *registry.Service, _ string) error {
			return s.DeleteLabel(ctx, "Foo", "team")
		},
		"tag a version": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.PutTag(ctx, "Foo", "3", "test")
			return err
		},
		"take a tag off": func(ctx context.Context, s *registry.Service, _ string) error {
			return s.DeleteTag(ctx, "Foo", "1", "dev")
		},
		"replace a version": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.ReplaceVersion(ctx, registry.VersionChange{Pacticipant: "Foo", Number: "3", BuildURL: registry.Set("https://ci.example.org/3"), Tags: []string{"a", "b"}, TagsGiven: true})
			return err
		},
		"change the tags of a version": func(ctx context.Context, s *registry.Service, _ string) error {
			_, _, err := s.UpdateVersion(ctx, registry.VersionChange{Pacticipant: "Foo", Number: "1", Tags: []string{"a", "main"}, TagsGiven: true})
			return err
		},
		"delete a version": func(ctx context.Context, s *registry.Service, _ string) error {
			return s.DeleteVersion(ctx, "Foo", "2")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			environment, _, _ := usecasetest.Landscape(t, s)
			failing.EachCall(t, func() error { return do(t.Context(), s.Registry, environment) })
		})
	}
}

// What may be large is deleted in parts. That a part failed is said, and whoever
// asks again gets the rest deleted.
func TestWhatIsDeletedInPartsSaysWhichPartFailed(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(ctx context.Context, s *registry.Service, environment string) error{
		"an application": func(ctx context.Context, s *registry.Service, _ string) error { return s.DeletePacticipant(ctx, "Foo") },
		"an environment": func(ctx context.Context, s *registry.Service, uuid string) error {
			return s.DeleteEnvironment(ctx, uuid)
		},
		"an integration": func(ctx context.Context, s *registry.Service, _ string) error {
			return s.DeleteIntegration(ctx, "Foo", "Bar")
		},
		"all integrations": func(ctx context.Context, s *registry.Service, _ string) error { return s.DeleteIntegrations(ctx) },
		"a branch": func(ctx context.Context, s *registry.Service, _ string) error {
			return s.DeleteBranch(ctx, "Bar", "main")
		},
		"all branches but one": func(ctx context.Context, s *registry.Service, _ string) error {
			_, err := s.DeleteBranches(ctx, "Foo", []string{"main"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, failing := usecasetest.NewFailing(t)
			environment, _, _ := usecasetest.Landscape(t, s)
			_, _, err := s.Registry.PutBranchVersion(t.Context(), "Foo", "feature", "1")
			require.NoError(t, err)
			failing.EachCallOfParts(t, func() error { return do(t.Context(), s.Registry, environment) })
		})
	}
}

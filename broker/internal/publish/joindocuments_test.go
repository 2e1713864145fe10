package publish_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/publish"
	"github.com/treatyhq/treaty/broker/internal/store"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
	"github.com/treatyhq/treaty/broker/internal/usecase"
	"github.com/treatyhq/treaty/broker/internal/usecasetest"
	"github.com/treatyhq/treaty/contract"
)

// publicationOf is one request with several documents of Foo and Bar.
func publicationOf(number string, onConflict publish.OnConflict, documents ...[]byte) publish.ContractsPublication {
	in := publish.ContractsPublication{Pacticipant: "Foo", VersionNumber: number}
	for _, content := range documents {
		in.Contracts = append(in.Contracts, publish.ContractDocument{Consumer: "Foo", Provider: "Bar", Content: content, OnConflict: onConflict})
	}
	return in
}

func published(t *testing.T, s *usecase.All, number string) *contract.Pact {
	t.Helper()
	p, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: number})
	require.NoError(t, err)
	decoded, err := contract.Decode(p.Body)
	require.NoError(t, err)
	return decoded
}

func TestTwoDocumentsOfOnePairNeverBecomeOneSilently(t *testing.T) {
	t.Parallel()
	one, two := usecasetest.PactText("Foo", "Bar", "one"), usecasetest.PactText("Foo", "Bar", "two")
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		for _, onConflict := range []publish.OnConflict{"", publish.Overwrite} {
			_, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", onConflict, one, two))
			require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
			require.ErrorContains(t, err, "contracts 0 and 1")
			require.ErrorContains(t, err, `onConflict "merge"`)
			var refused *kernel.Error
			require.ErrorAs(t, err, &refused)
			require.NotEmpty(t, refused.Notices, "the command line prints notices")
			_, err = s.Registry.FindVersion(t.Context(), "Foo", "1")
			require.True(t, kernel.IsNotFound(err), "nothing of it is kept")
		}
		out, err := s.Publish.PublishContracts(t.Context(), publicationOf("2", "", one, one))
		require.NoError(t, err)
		require.Len(t, out.Contracts, 2, "each document has its answer")
		require.Equal(t, out.Contracts[0].ID, out.Contracts[1].ID)
		require.Len(t, published(t, s, "2").Interactions, 1)

		_, err = s.Publish.PublishContracts(t.Context(), publicationOf("3", publish.Merge, one, two, one))
		require.NoError(t, err)
		require.Len(t, published(t, s, "3").Interactions, 2)
		p, err := s.Publish.FindPact(t.Context(), kernel.PactQuery{Consumer: "Foo", Provider: "Bar", Version: "3"})
		require.NoError(t, err)
		require.Equal(t, 1, p.Revision, "there is no moment with only half of it")
	})
}

func TestDocumentsThatContradictEachOtherAreNotMerged(t *testing.T) {
	t.Parallel()
	one := usecasetest.PactText("Foo", "Bar", "same")
	other := []byte(strings.Replace(string(one), `"status":200`, `"status":404`, 1))
	elsewhere := []byte(strings.Replace(string(one), `"path":"/"`, `"path":"/else"`, 1))
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		refused := func(err error, says ...string) {
			t.Helper()
			require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
			require.Equal(t, kernel.ReasonMergeConflict, kernel.ReasonOf(err))
			for _, text := range append(says, `"same"`) {
				require.ErrorContains(t, err, text)
			}
		}
		_, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, one, other))
		refused(err, "contracts 0 and 1", "200", "404")

		_, err = s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, one))
		require.NoError(t, err)
		_, err = s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, other))
		refused(err, "200", "404")
		document := publish.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: "1", Content: elsewhere}
		_, err = s.Publish.MergePact(t.Context(), document)
		refused(err, "request.path", "/else")
		document.Content = other
		_, err = s.Publish.MergePact(t.Context(), document)
		require.NoError(t, err, "PATCH has always taken another response to the same request")
		require.Len(t, published(t, s, "1").Interactions, 1)
	})
}

// With leave to change what is published, merging replaces, as in Pact Broker.
func TestMergingReplacesWhereContentMayChange(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := kernel.DefaultSettings()
			settings.AllowContractModification = true
			s := usecase.New(open(t, store.Options{}), settings)
			one := usecasetest.PactText("Foo", "Bar", "same")
			other := []byte(strings.Replace(string(one), `"path":"/"`, `"path":"/else"`, 1))
			for _, content := range [][]byte{one, other} {
				_, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, content))
				require.NoError(t, err)
			}
			pact := published(t, s, "1")
			require.Len(t, pact.Interactions, 1)
			require.Equal(t, "/else", pact.Interactions[0].(*contract.HTTP).Request.Path)
			_, err := s.Publish.PublishContracts(t.Context(), publicationOf("2", "", one, other))
			require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err), "but not within one request")
		})
	}
}

func TestHTTPAndMessagesBecomeV4(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		exchange, message := usecasetest.PactText("Foo", "Bar", "h"), usecasetest.MessageText("Foo", "Bar", "m")
		_, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, exchange, message))
		require.NoError(t, err)
		_, err = s.Publish.PublishContracts(t.Context(), publicationOf("2", publish.Merge, message))
		require.NoError(t, err)
		_, err = s.Publish.PublishContracts(t.Context(), publicationOf("2", publish.Merge, exchange))
		require.NoError(t, err)
		for _, content := range [][]byte{exchange, message} {
			_, err = s.Publish.MergePact(t.Context(), publish.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: "3", Content: content})
			require.NoError(t, err)
		}
		for _, number := range []string{"1", "2", "3"} {
			pact := published(t, s, number)
			require.Equal(t, contract.V4, pact.Version, number)
			require.Len(t, pact.Interactions, 2, number)
		}
	})
}

// What arrives as one file of both kinds is the user's own: it is kept, and told.
func TestAFileOfBothKindsIsKeptAndTold(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	both := []byte(strings.Replace(string(usecasetest.MessageText("Foo", "Bar", "m")), `"messages"`, `"interactions":[{"description":"h","request":{"method":"GET","path":"/"},"response":{"status":200}}],"messages"`, 1))
	out, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", "", both))
	require.NoError(t, err)
	var warnings []string
	for _, n := range out.Notices {
		if n.Level == kernel.LevelWarning {
			warnings = append(warnings, n.Text)
		}
	}
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0], "version 4")
	require.Len(t, published(t, s, "1").Interactions, 2)
}

func TestNamesWithoutCaseAreOnePair(t *testing.T) {
	t.Parallel()
	for name, open := range storetest.Databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := kernel.DefaultSettings()
			settings.IgnoreNameCase = true
			s := usecase.New(open(t, store.Options{IgnoreNameCase: true}), settings)
			in := publicationOf("1", "", usecasetest.PactText("Foo", "Bar", "one"), usecasetest.PactText("Foo", "BAR", "two"))
			in.Contracts[1].Provider = "BAR"
			_, err := s.Publish.PublishContracts(t.Context(), in)
			require.Equal(t, kernel.CodeConflict, kernel.CodeOf(err))
			require.ErrorContains(t, err, "contracts 0 and 1")
		})
	}
}

// TestBuildsThatMergeAtOnceLoseNothing lets jobs of one build add to one pact,
// each faster than the other has worked out what it adds to.
func TestBuildsThatMergeAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	usecasetest.OnEach(t, func(t *testing.T, s *usecase.All) {
		const jobs = 10
		usecasetest.Together(t, jobs, func(i int) error {
			content := usecasetest.PactText("Foo", "Bar", fmt.Sprintf("of job %d", i))
			if i%2 == 0 {
				_, err := s.Publish.MergePact(t.Context(), publish.PactDocument{Consumer: "Foo", Provider: "Bar", ConsumerVersion: "1", Content: content})
				return err
			}
			_, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, content))
			return err
		})
		require.Len(t, published(t, s, "1").Interactions, jobs)
	})
}

func TestManyDocumentsAreMergedInTheirOrder(t *testing.T) {
	t.Parallel()
	s := usecase.New(storetest.SQLite(t, store.Options{}), kernel.DefaultSettings())
	var documents [][]byte
	var want []string
	for i := range 7 {
		name := fmt.Sprintf("step %d", i)
		documents, want = append(documents, usecasetest.PactText("Foo", "Bar", name)), append(want, name)
	}
	_, err := s.Publish.PublishContracts(t.Context(), publicationOf("1", publish.Merge, documents...))
	require.NoError(t, err)
	var got []string
	for _, i := range published(t, s, "1").Interactions {
		got = append(got, i.(*contract.HTTP).Description)
	}
	require.Equal(t, want, got)

	documents[5] = []byte(strings.Replace(string(documents[1]), `"status":200`, `"status":410`, 1))
	_, err = s.Publish.PublishContracts(t.Context(), publicationOf("2", publish.Merge, documents...))
	require.Equal(t, kernel.ReasonMergeConflict, kernel.ReasonOf(err))
	require.ErrorContains(t, err, `contracts 0 to 2 and 3 to 6: `)
	require.ErrorContains(t, err, `"step 1"`)
}

package kernel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// One transaction over a long history would keep every other request waiting.
func TestAHistoryIsDeletedInSmallTransactions(t *testing.T) {
	t.Parallel()
	base := kernel.NewBase(history(t, "version Foo 1"), kernel.DefaultSettings())
	done := []int{kernel.DeleteBatch, kernel.DeleteBatch, 3, kernel.DeleteBatch}
	transactions := map[kernel.Tx]bool{}
	steps := 0
	require.NoError(t, base.UntilDone(t.Context(), func(tx kernel.Tx) (int, error) {
		transactions[tx] = true
		steps++
		return done[steps-1], nil
	}))
	require.Equal(t, 3, steps, "a step that does less than a batch is the last one")
	require.Len(t, transactions, 3, "each step has a transaction of its own")
}

func TestAStepThatFailsKeepsWhatWasDeletedBefore(t *testing.T) {
	t.Parallel()
	db := history(t, "version Foo 1")
	base := kernel.NewBase(db, kernel.DefaultSettings())
	broken := errors.New("no more")
	steps := 0
	require.ErrorIs(t, base.UntilFewer(t.Context(), 1, func(tx kernel.Tx) (int, error) {
		steps++
		_, _, err := kernel.EnsurePacticipant(tx, fmt.Sprint("App ", steps), time.Unix(1, 0))
		require.NoError(t, err)
		if steps == 2 {
			return 0, broken
		}
		return 1, nil
	}), broken)
	names, err := view(t, db, func(tx kernel.Tx) ([]string, error) { return tx.ListPacticipantNames() })
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"Foo", "App 1"}, names, "what an earlier transaction did stays, what the failing one did does not")
}

func TestAThingGoesTogetherWithTheLastOfWhatHangsOnIt(t *testing.T) {
	t.Parallel()
	base := kernel.NewBase(history(t, "version Foo 1"), kernel.DefaultSettings())
	var looked, thinned, last []kernel.Tx
	find := func(tx kernel.Tx) (int64, error) {
		looked = append(looked, tx)
		return 7, nil
	}
	thin := func(tx kernel.Tx, id int64, limit int) (int, error) {
		require.Equal(t, int64(7), id, "a step is told what was found")
		thinned = append(thinned, tx)
		return limit - len(thinned)/3, nil
	}
	remove := func(tx kernel.Tx, id int64) error {
		require.Equal(t, int64(7), id)
		last = append(last, tx)
		return nil
	}
	require.NoError(t, base.Delete(t.Context(), find, thin, remove))
	require.Len(t, thinned, 3, "as long as there is a batch of it")
	require.Equal(t, thinned, looked, "each step looks for the thing again: it may be gone")
	require.Equal(t, thinned[2:], last, "nobody can add to it between the last step and its end")

	broken := errors.New("the database is away")
	require.ErrorIs(t, base.Delete(t.Context(), func(kernel.Tx) (int64, error) { return 0, broken }, nil, nil), broken)
	require.ErrorIs(t, base.Delete(t.Context(), find, func(kernel.Tx, int64, int) (int, error) { return 0, broken }, remove), broken)
	require.Len(t, last, 1, "what could not be thinned stays")
}

func TestAVersionOfWhichMuchHangsIsDeletedInParts(t *testing.T) {
	t.Parallel()
	var steps strings.Builder
	var tags []string
	for i := range 30 {
		tags = append(tags, fmt.Sprint("t", i))
	}
	for i := range 400 {
		fmt.Fprintf(&steps, "pact Foo 1 -> P%d\n", i)
	}
	fmt.Fprintf(&steps, "version Foo 1 tags %s\nversion Foo 2 tags %s", strings.Join(tags, ","), strings.Join(tags, ","))
	db := history(t, steps.String())
	remove := func(number string) (gone bool) {
		require.NoError(t, db.Update(t.Context(), func(tx kernel.Tx) error {
			v, err := kernel.FindVersion(tx, "Foo", number)
			require.NoError(t, err)
			gone, err = kernel.DeleteVersion(tx, v)
			return err
		}))
		return gone
	}
	require.True(t, remove("2"), "a version without pacts goes at once")
	require.False(t, remove("1"), "a version with many pacts and tags does not go in one transaction")
	pacts, err := view(t, db, func(tx kernel.Tx) ([]kernel.PactPublication, error) {
		v, err := kernel.FindVersion(tx, "Foo", "1")
		require.NoError(t, err, "the version is there until the end")
		return tx.ListPublications(kernel.PublicationFilter{VersionID: v.ID})
	})
	require.NoError(t, err)
	require.Len(t, pacts, 400, "the version keeps its pacts to the end")
	for range 10 {
		if remove("1") {
			_, err = view(t, db, func(tx kernel.Tx) (kernel.Version, error) { return kernel.FindVersion(tx, "Foo", "1") })
			require.True(t, kernel.IsNotFound(err), "the version is gone when all is done")
			return
		}
	}
	t.Fatal("deleting a version in parts comes to an end")
}

func TestUseCasesShareAClockInThePrecisionThatIsStored(t *testing.T) {
	t.Parallel()
	db := history(t, "version Foo 1")
	base := kernel.NewBase(db, kernel.DefaultSettings())
	first := base.NewID()
	require.NotEqual(t, first, base.NewID(), "ids are random")
	require.WithinDuration(t, time.Now(), base.Moment(), time.Minute, "the clock is the real one")
	base.Now = func() time.Time { return time.Date(2024, 1, 1, 12, 0, 0, 1999, time.FixedZone("east", 3600)) }
	require.Equal(t, time.Date(2024, 1, 1, 11, 0, 0, 1000, time.UTC), base.Moment(), "a moment is in UTC and in microseconds, as it is stored")
	require.NoError(t, base.Ping(t.Context()), "a database that answers")
	require.NoError(t, db.Close())
	require.Error(t, base.Ping(t.Context()), "a database that does not answer")
}

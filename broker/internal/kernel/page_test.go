package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestPagesPartAList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		page          kernel.Page
		total         int
		whole         bool
		offset, pages int
	}{
		{"the whole", kernel.Page{}, 25, true, 0, 1},
		{"the first", kernel.Page{Number: 1, Size: 10}, 25, false, 0, 3},
		{"the third", kernel.Page{Number: 3, Size: 10}, 25, false, 20, 3},
		{"none that there is", kernel.Page{Number: -2, Size: 10}, 25, false, 0, 3},
		{"a list that fills its pages", kernel.Page{Number: 2, Size: 10}, 20, false, 10, 2},
		{"an empty list", kernel.Page{Number: 1, Size: 10}, 0, false, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.whole, tt.page.Whole(), "whether the page is the whole list")
			require.Equal(t, tt.offset, tt.page.Offset(), "how many items come before the page")
			require.Equal(t, tt.pages, kernel.Paged[int]{Page: tt.page, Total: tt.total}.TotalPages(), "how many pages there are")
		})
	}
}

package contract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
)

func TestVersionsAreReadInEverySpelling(t *testing.T) {
	t.Parallel()
	for want, spellings := range map[contract.SpecVersion][]string{
		contract.V1:             {"1", "1.0", "1.0.0", "v1", "V1", "V1.0"},
		contract.V1_1:           {"1.1", "1.1.0", "v1.1", "V1.1", "V1_1"},
		contract.V2:             {"2", "2.0", "2.0.0", "v2", "V2", " 2 ", "V2.0.0"},
		contract.V3:             {"3", "3.0", "3.0.0", "v3", "V3"},
		contract.V4:             {"4", "4.0", "4.0.0", "v4", "V4"},
		contract.VersionUnknown: {"", "v", "0", "5", "V", "vv2", "two", "2.x.y.z", "-1", "1.0.0.0"},
	} {
		for _, s := range spellings {
			require.Equal(t, want, contract.ParseSpecVersion(s), "%q", s)
		}
		if want != contract.VersionUnknown {
			require.Equal(t, want, contract.ParseSpecVersion(want.String()))
		}
	}
}

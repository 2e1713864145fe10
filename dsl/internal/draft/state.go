package draft

import (
	"maps"

	"github.com/pact-foundation/pact-go/v2/models"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/integration"
)

// AddState returns states with one more. The same name again adds its
// parameters to the state that is there.
func AddState(states []contract.ProviderState, state models.ProviderState) ([]contract.ProviderState, error) {
	var params map[string]any
	if len(state.Parameters) > 0 {
		compiled, err := integration.Compile(state.Parameters)
		if err != nil {
			return states, err
		}
		params, _ = compiled.Example.(map[string]any)
	}
	for i := range states {
		if states[i].Name != state.Name {
			continue
		}
		if states[i].Params == nil {
			states[i].Params = params
		} else {
			maps.Copy(states[i].Params, params)
		}
		return states, nil
	}
	return append(states, contract.ProviderState{Name: state.Name, Params: params}), nil
}

package broker

// CheckPact reports what is wrong with the names and the version number of a
// pact, as PublishPact and MergePact would, without looking at the store.
func (s *Service) CheckPact(in PactDocument) error { return s.checkDocument(in) }

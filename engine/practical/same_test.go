package practical_test

import (
	"errors"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// 三名考评员中两名其实是同一个人（两个证件）：不能抽题开考。
func TestThreeExaminersAreThreeHumans(t *testing.T) {
	w := newWorld(t)
	storetest.OneHuman(t, w.store.People(), "e1", "e2")
	_, err := w.desk.Commit(t.Context(), leader, session)
	w.must(err)
	if _, err := w.desk.Draw(t.Context(), leader, session); !errors.Is(err, practical.ErrTooFewExaminers) {
		t.Errorf("drawn for two humans: %v", err)
	}
}

// 组长封存后，同一个人用另一证件当质量督导员，不能见证。
func TestTheLeaderWitnessesUnderNoDocument(t *testing.T) {
	w := newWorld(t)
	s := w.sealed()
	storetest.OneHuman(t, w.store.People(), "leader", "witness")
	if _, err := w.desk.Countersign(t.Context(), witness, session, s.Digest); !errors.Is(err, engine.ErrSealWitness) {
		t.Errorf("witnessed by the leader's other document: %v", err)
	}
}

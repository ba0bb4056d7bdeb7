package main

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// asksTheDraws checks that the house's sittings know of its draws: a session does not move before the random value that
// its custodians agreed on.
func (d *demo) asksTheDraws(t *testing.T) {
	t.Helper()
	by, old := d.staff["kaowu"], d.undrawn
	n, err := d.newSession(t.Context(), by, sitting.Session{Name: "改期", Level: old.Level, Theory: old.Theory, Practical: old.Practical})
	noError(t, err)
	keepers, err := d.custodians(t.Context())
	noError(t, err)
	_, err = d.Exams.Appoint(t.Context(), by, n.ID, theory.Appointment{Custodians: keepers,
		Beacon: protocol.Announcement{Kind: protocol.Drand, Round: theory.Round(n, d.clock.Now())}})
	noError(t, err)
	earlier := clock.Window{Opens: n.Theory.Opens.Add(-3 * time.Hour), Closes: n.Theory.Closes}
	if _, err = d.Sittings.Amend(t.Context(), by, n.ID, sitting.Amendment{Theory: &earlier, Reason: "试"}); !errors.Is(err, sitting.ErrAmendDraw) {
		t.Errorf("before the random value: %v", err)
	}
}

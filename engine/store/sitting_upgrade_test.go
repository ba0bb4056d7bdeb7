package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/vault"
)

// A session and a seat from before there were seat plans, lockdown browsers and changes of machine are read as they were:
// everybody sits by serial, with any browser. Written back with the new parts they are of a form that a program which
// would drop these does not read.
func TestSittingsOfTheFirstForm(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		session, seat := docs.Key{Kind: "session", ID: "4w1q3y8s7d"}, docs.Key{Kind: "seat", ID: "26121813760001"}
		putOld(t, db, docs.Write{Key: session, Body: frozen(t, "session-1.json")})
		putOld(t, db, docs.Write{Key: seat, Body: frozen(t, "seat-1.json"), Index: map[string]string{"session": session.ID}})
		s := store.New(db, ids.Random())
		n, err := s.Sessions().Session(ctx, sitting.SessionID(session.ID))
		if err != nil || len(n.Allotted) != 2 || n.Closed.IsZero() || n.Seating != nil || n.Lockdown.Required || n.Spread != 0 {
			t.Fatalf("%+v, %v", n, err)
		}
		x, err := s.Seats().Seat(ctx, sitting.Ticket(seat.ID))
		if err != nil || x.Room != "t1" || x.No != 1 || x.Released.IsZero() || !x.Readmitted.IsZero() || !x.Admitted.IsZero() {
			t.Fatalf("%+v, %v", x, err)
		}
		n.Seating, x.Readmitted = map[sitting.RoomID][]int{"t1": {2, 1}}, time.Date(2026, 11, 24, 1, 20, 0, 0, time.UTC)
		if err := s.Sessions().UpdateSession(ctx, n); err != nil {
			t.Fatal(err)
		}
		if err := s.Seats().UpdateSeat(ctx, x); err != nil {
			t.Fatal(err)
		}
		for key, part := range map[docs.Key]string{session: `"seating"`, seat: `"readmitted"`} {
			d, err := db.Get(ctx, key)
			if vault.Sealed(d.Body) {
				d.Body, err = vault.Unguarded(ids.Random()).Open(key.Kind, key.ID, d.Body)
			}
			if err != nil || !strings.Contains(string(d.Body), `"schema":2`) || !strings.Contains(string(d.Body), part) {
				t.Errorf("%s, %v", d.Body, err)
			}
		}
	})
}

package store_test

import (
	"sync"
	"testing"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// Of several processes that start at once on new data, each with secrets of its own, all are told the same ones.
func TestKeyMarksAreThoseOfTheFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, db docs.Store) {
		told := make([]store.KeyMarks, 4)
		var all sync.WaitGroup
		for i := range told {
			all.Go(func() {
				own := store.KeyMarks{Persons: string(rune('a' + i)), Files: string(rune('A' + i))}
				var err error
				if told[i], err = store.New(db, ids.Random()).KeyMarks(ctx, own); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, m := range told {
			if m != told[0] || m.Persons == "" || m.Files != string(m.Persons[0]-'a'+'A') {
				t.Errorf("told %v", told)
			}
		}
	})
}

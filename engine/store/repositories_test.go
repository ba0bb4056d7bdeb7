package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/mongo"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

func TestRepositoriesOnSQLite(t *testing.T) {
	storetest.Repositories(t, func(t *testing.T) *store.Store { return store.New(storetest.OpenSQLite(t), ids.Random()) })
}

func TestRepositoriesOnMongo(t *testing.T) {
	server, err := standin.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	var n atomic.Int32
	storetest.Repositories(t, func(t *testing.T) *store.Store {
		s, err := mongo.Open(context.Background(), server.URI(), fmt.Sprint("test", n.Add(1)), store.Schema())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return store.New(s, ids.Random())
	})
}

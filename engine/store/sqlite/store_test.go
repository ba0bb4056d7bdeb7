package sqlite_test

import (
	"testing"

	"github.com/skillcert/skillcert/engine/store/storetest"
)

func TestDocuments(t *testing.T) { storetest.Documents(t, storetest.OpenSQLite) }

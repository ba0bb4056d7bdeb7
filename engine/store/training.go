package store

import "github.com/skillcert/skillcert/engine/store/docs"

func trainingSchema() docs.Schema { return docs.Schema{} }

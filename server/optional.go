package server

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// optional is a parameter that may be absent, which is not the same as false or 0.
type optional[T any] struct {
	value T
	given bool
}

// Receiver is where huma puts the parameter.
func (o *optional[T]) Receiver() reflect.Value { return reflect.ValueOf(&o.value).Elem() }

// OnParamSet is how huma says whether it was there.
func (o *optional[T]) OnParamSet(given bool, _ any) { o.given = given }

// pointer is the value, or nil if it was absent.
func (o optional[T]) pointer() *T {
	if !o.given {
		return nil
	}
	return &o.value
}

// Schema is the value's: a parameter that need not be there says so elsewhere.
func (optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

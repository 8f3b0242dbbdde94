// Package fanouttest is what every transport between instances has to pass.
package fanouttest

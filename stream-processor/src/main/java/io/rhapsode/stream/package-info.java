/* SPDX-License-Identifier: Apache-2.0 */
/** Parses what was captured and follows each call: rhapsode.raw in; messages, calls, dead letters and counts out. */
package io.rhapsode.stream;

/* SPDX-License-Identifier: Apache-2.0 */
/** Fuzzing of the decoders with Jazzer: {@code ./rhapsode bench fuzz}, and a short run of each among the tests. */
package io.rhapsode.benchmarks.fuzz;

/* SPDX-License-Identifier: Apache-2.0 */
/** Pure codecs: bytes in, records out. No input or output of their own, no threads, no clocks. */
package io.rhapsode.wire;

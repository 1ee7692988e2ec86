/* SPDX-License-Identifier: Apache-2.0 */
/** SDP (RFC 8866): what a session description says of its media. */
package io.rhapsode.wire.sdp;

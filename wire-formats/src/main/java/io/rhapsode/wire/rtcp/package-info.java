/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is told of the quality of media: RTCP (RFC 3550) with extended reports (RFC 3611) and feedback (RFC 4585), the
 * JSON that capture agents make of it, reports in SIP (RFC 6035, X-RTP-Stat, P-RTP-Stat), and the E-model (ITU-T G.107)
 * for where nobody told.
 */
package io.rhapsode.wire.rtcp;

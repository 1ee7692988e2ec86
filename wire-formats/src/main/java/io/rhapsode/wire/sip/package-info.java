/* SPDX-License-Identifier: Apache-2.0 */
/** SIP (RFC 3261): the quick look for the Call-ID, and the message indexed first and interpreted on demand. */
package io.rhapsode.wire.sip;

/* SPDX-License-Identifier: Apache-2.0 */
/** XMPP stanzas (RFC 6120, RFC 6121), as far as one wants to find them. */
package io.rhapsode.wire.xmpp;

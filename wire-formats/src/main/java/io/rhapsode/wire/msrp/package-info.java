/* SPDX-License-Identifier: Apache-2.0 */
/** MSRP, messages within a SIP session (RFC 4975). */
package io.rhapsode.wire.msrp;

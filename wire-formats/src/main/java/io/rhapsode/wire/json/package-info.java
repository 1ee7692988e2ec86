/* SPDX-License-Identifier: Apache-2.0 */
/** JSON (RFC 8259) as it comes from capture agents: read strictly, within bounds, from bytes. */
package io.rhapsode.wire.json;

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.hep;

/**
 * A chunk of a HEP3 packet.
 *
 * @param vendor who says what the type means: 0 for the generic chunks of the specification
 * @param type meaning of the bytes, within the vendor's own numbering
 * @param bytes what the chunk holds, without its six bytes of header
 */
public record Chunk(int vendor, int type, byte[] bytes) {}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;
import java.util.List;

/**
 * Media that belong together (RFC 5888).
 *
 * @param semantics "BUNDLE", "LS", "FID", ...
 * @param mids the {@link Media#mid()} of its members
 */
public record Group(Text semantics, List<Text> mids) {}

/* SPDX-License-Identifier: Apache-2.0 */
/** The public contract: the values on the topics (from {@code src/main/proto}), the topics and the indices. */
package io.rhapsode.schema;

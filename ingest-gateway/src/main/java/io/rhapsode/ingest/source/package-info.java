/* SPDX-License-Identifier: Apache-2.0 */
/** Where packets come from. */
package io.rhapsode.ingest.source;

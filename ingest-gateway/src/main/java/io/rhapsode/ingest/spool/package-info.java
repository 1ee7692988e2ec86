/* SPDX-License-Identifier: Apache-2.0 */
/** Packets on disk while Kafka takes none. */
package io.rhapsode.ingest.spool;

/* SPDX-License-Identifier: Apache-2.0 */
/** Loads the topics into Elasticsearch: an offset moves only when its document is safe. */
package io.rhapsode.indexer;

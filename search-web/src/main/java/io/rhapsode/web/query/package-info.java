/* SPDX-License-Identifier: Apache-2.0 */
/** The query language: one line of text to one Elasticsearch query, without I/O. */
package io.rhapsode.web.query;

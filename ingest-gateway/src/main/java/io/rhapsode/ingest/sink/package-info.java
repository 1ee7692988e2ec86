/* SPDX-License-Identifier: Apache-2.0 */
/** Where packets go. */
package io.rhapsode.ingest.sink;

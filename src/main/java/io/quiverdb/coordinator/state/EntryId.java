// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

/**
 * The place of an entry in the log.
 *
 * @param index its log index
 * @param term the term of the leader that appended it
 */
public record EntryId(long index, long term) {}

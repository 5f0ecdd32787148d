// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.time.Duration;

/**
 * How far a follower has come, as its leader sees it.
 *
 * @param id its member id
 * @param matchIndex the last log index that it is known to hold; -1 if none
 * @param nextIndex the log index that is sent to it next
 * @param silence how long ago it last answered
 */
public record MemberProgress(String id, long matchIndex, long nextIndex, Duration silence) {}

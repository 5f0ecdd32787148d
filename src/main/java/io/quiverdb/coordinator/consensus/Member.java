// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus;

import java.net.URI;

/**
 * One member of the ensemble.
 *
 * @param id unique, stable over restarts; also its Raft peer id
 * @param raft {@code host:port} on which the other members reach its Raft server
 * @param http base URL of its REST surface, without trailing slash
 */
public record Member(String id, String raft, URI http) {}

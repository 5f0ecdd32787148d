// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

/**
 * One line of the operator's history.
 *
 * @param index log index of the entry
 * @param term its term
 * @param epochMillis when it was proposed, by the proposer's clock
 * @param node the member that proposed it
 * @param keyId id of the API key that asked for it, never its secret
 * @param command the request, in words; at most {@value #MAX_TEXT} characters
 * @param outcome the outcome, in words; at most {@value #MAX_TEXT} characters
 */
public record HistoryEntry(
    long index,
    long term,
    long epochMillis,
    String node,
    String keyId,
    String command,
    String outcome) {
  /** The longest text of a command or an outcome. */
  public static final int MAX_TEXT = 300;

  /** Cuts overlong texts: the history is bounded in bytes too. */
  public HistoryEntry {
    command = cut(command);
    outcome = cut(outcome);
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 3) + "...";
  }
}

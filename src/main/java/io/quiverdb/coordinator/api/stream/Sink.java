// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.util.function.Consumer;

/** The connection of one client. */
public interface Sink {
  /**
   * Sends bytes without waiting for the client. Called again only after {@code done}.
   *
   * @param last whether nothing comes after them
   * @param done called once, on any thread, with whether they could be sent
   */
  void write(byte[] bytes, boolean last, Consumer<Boolean> done);

  /** Whether the key with which the client connected still opens the stream. Does not block. */
  boolean authorized();

  /** Aborts the connection. A write under way fails. */
  void cut();
}

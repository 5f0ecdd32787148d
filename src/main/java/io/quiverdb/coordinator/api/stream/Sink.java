// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.stream;

import java.util.function.Consumer;

/** The connection of one client. */
public interface Sink {
  /**
   * Sends bytes, without waiting for the client to take them. Called again only after {@code done}
   * was.
   *
   * @param last whether nothing comes after them
   * @param done is told once whether they could be sent, on any thread
   */
  void write(byte[] bytes, boolean last, Consumer<Boolean> done);

  /** Cuts the client off. A write that is under way fails. */
  void cut();
}

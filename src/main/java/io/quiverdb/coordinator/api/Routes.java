package io.quiverdb.coordinator.api;

import io.javalin.config.RoutesConfig;

/**
 * The routes of one subject. {@link ApiServer} lets nobody in to them who has no key, and to those
 * that change something nobody who is no admin.
 */
interface Routes {
  /** Adds them. */
  void addTo(RoutesConfig routes);
}

//! Runs on real files, which lie in the folder that `GLAUX_SHARED_DATA` names; without it they are counted as skipped.

mod catalogues;
mod litellm_configs;
mod pricing;

use glaux_testkit::shared::read_packed as read;

<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Installation;

use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Log;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * What tells this installation from a copy of it: the system URL, and the places where its database is known to be. At
 * another URL or place nothing is sent, run or mailed until a living host or an admin says that it is the same
 * installation (design §1).
 */
final class Fingerprint
{
    /** The URL is right, and the database is at a known place. */
    const HOME = 'home';
    /** The place is not known; a host that was seen lately may still show that it is the same database. */
    const WAITS = 'waits';
    /** Only an admin can say what this is. */
    const ASKS = 'asks';

    /** A place that no host has seen for so long is forgotten: the old server may hold a staging copy by then. */
    const KEPT_DAYS = 7;
    /** Other hosts may change the list at the same moment. */
    const TRIES = 5;

    /** The fingerprint of this installation as this process sees it. */
    public static function here(): array
    {
        return ['systemUrl' => self::systemUrl(), 'databases' => [Place::current() + ['seenOn' => gmdate('Y-m-d')]]];
    }

    /**
     * Looks where this host is, and stores the state `copy-or-move` if only an admin can say what that means. A host at
     * home withdraws that question, because it shows that the installation is where it was.
     *
     * @return string HOME, WAITS or ASKS
     */
    public static function notice(Settings $settings): string
    {
        $state = $settings->text('state');
        if ($state === Settings::STATE_COPY) {
            return self::ASKS;
        }
        $standing = self::standing($settings);
        if ($standing === self::HOME && $state === Settings::STATE_COPY_OR_MOVE) {
            if ($settings->leave($state, Settings::STATE_NEW)) {
                Log::activity('this installation is where it was before; it pairs again.');
            }
        } elseif ($standing === self::ASKS && $state !== Settings::STATE_COPY_OR_MOVE) {
            if ($settings->leave($state, Settings::STATE_COPY_OR_MOVE)) {
                Log::activity('this installation is at another place than before: nothing is sent or run until an admin'
                    . ' says on the addon page whether it was moved or copied.');
            }
        }
        return $standing;
    }

    /**
     * Stops a copy before it acts.
     *
     * @throws ServiceDown with reason copy-or-move, copy or host-waits
     */
    public static function guard(Settings $settings): void
    {
        $standing = self::notice($settings);
        $state = $settings->text('state');
        if ($state === Settings::STATE_COPY_OR_MOVE || $state === Settings::STATE_COPY) {
            throw new ServiceDown($state, 'This installation was moved or copied; the addon page asks which.');
        }
        if ($standing === self::WAITS) {
            throw new ServiceDown('host-waits', 'Host ' . Hosts::name() . ' sees the ' . Place::describe(Place::current())
                . ', which is not known. It works as soon as another host shows that it uses the same database, or an'
                . ' admin says on the Connection page whether this WHMCS was moved or copied.');
        }
    }

    /** An admin says that this URL and place are right. */
    public static function accept(Settings $settings): void
    {
        $settings->write(['fingerprint' => ['systemUrl' => self::systemUrl()] + $settings->json('fingerprint')]);
        self::know($settings);
    }

    /** Adds the present place of the database to those that are known, and forgets places not seen for long. */
    public static function know(Settings $settings): void
    {
        $oldest = gmdate('Y-m-d', time() - self::KEPT_DAYS * 86400);
        $here = self::here()['databases'][0];
        for ($try = 1; $try <= self::TRIES; $try++) {
            $before = $settings->text('fingerprint');
            $kept = array_filter(self::databases($settings), static function (array $place) use ($here, $oldest): bool {
                return !Place::isSame($place, $here) && ($place['seenOn'] ?? '') >= $oldest;
            });
            $after = Json::encode(['databases' => array_values(array_merge([$here], $kept))]
                + $settings->json('fingerprint') + self::here());
            $changed = $after === $before ? 1 : Database::change(
                'UPDATE mod_creditbridge_settings SET fingerprint = ? WHERE id = 1 AND fingerprint = ?',
                [$after, $before]
            );
            $settings->reload();
            if ($changed === 1) {
                return;
            }
        }
    }

    /** Whether the present place is noted as seen today. */
    public static function isFresh(Settings $settings): bool
    {
        foreach (self::databases($settings) as $place) {
            if (Place::isSame($place, Place::current())) {
                return ($place['seenOn'] ?? '') === gmdate('Y-m-d')
                    && ($place['server'] ?? '') === Place::current()['server'];
            }
        }
        return false;
    }

    /** The known places. */
    public static function databases(Settings $settings): array
    {
        $stored = $settings->json('fingerprint')['databases'] ?? [];

        return is_array($stored) ? array_filter($stored, 'is_array') : [];
    }

    private static function standing(Settings $settings): string
    {
        $stored = $settings->json('fingerprint');
        if ($stored === []) {
            return self::HOME;
        }
        if (($stored['systemUrl'] ?? '') !== self::systemUrl()) {
            return self::ASKS;
        }
        foreach (self::databases($settings) as $place) {
            if (Place::isSame($place, Place::current())) {
                return self::HOME;
            }
        }
        return Hosts::wait($settings);
    }

    private static function systemUrl(): string
    {
        return rtrim(WhmcsSetting::read('SystemURL'), '/');
    }
}

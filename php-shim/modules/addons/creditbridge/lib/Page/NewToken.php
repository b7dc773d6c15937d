<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Audit;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Declined;
use WHMCS\Module\Addon\Creditbridge\Text;
use WHMCS\Module\Addon\Creditbridge\Uuid;

/**
 * Makes tokens of the API, from the form on the service's page `api-tokens`. The service cannot make any: otherwise its database
 * password were good for a token of every admin.
 */
final class NewToken
{
    const PAGE = 'api-tokens';
    const ACT = 'make-token';
    /** Working tokens of one admin. Nobody keeps track of more. */
    const MOST = 20;
    const NAME_CHARACTERS = 64;
    /** How long one may work. */
    const DAYS = ['30', '90', '365'];
    /** What it may do, and the permission of the admin that this needs. */
    const SCOPES = ['read' => 'View Credit Log', 'propose' => 'Manage Credits', 'approve' => 'Manage Credits'];

    /** Carries out the form. Returns what to show above the page, as HTML. */
    public static function make(array $viewer, array $form): string
    {
        try {
            $secret = self::store($viewer, $form);
        } catch (Declined $why) {
            return Html::flash('bad', $why->getMessage());
        }
        return Html::card('Your new token', '<p>Copy it now. Only a hash is kept, so it cannot be shown again.</p>'
            . '<pre class="cb-code"><code>' . Html::escape($secret) . '</code></pre>');
    }

    /**
     * Stores a token of the admin who looks, with the role of now: it stops when the role loses permissions.
     *
     * @return string the token
     * @throws Declined
     */
    private static function store(array $viewer, array $form): string
    {
        $name = is_string($form['name'] ?? null) ? trim(Text::storable($form['name'], self::NAME_CHARACTERS + 1)) : '';
        $days = is_string($form['days'] ?? null) ? $form['days'] : '';
        $scopes = self::scopes($viewer, $form);
        $admin = Database::row('SELECT id, roleid FROM tbladmins WHERE id = ? AND disabled = 0', [$viewer['adminId']]);
        if ($admin === null || $scopes === []) {
            throw new Declined('Choose what the token may do.');
        }
        if ($name === '' || mb_strlen($name, 'UTF-8') > self::NAME_CHARACTERS) {
            throw new Declined('Give it a name of at most ' . self::NAME_CHARACTERS . ' characters.');
        }
        if (!in_array($days, self::DAYS, true)) {
            throw new Declined('Choose how long it works.');
        }
        self::demandRoom((int) $admin['id'], $name);
        $secret = 'cbt_' . rtrim(strtr(base64_encode(random_bytes(32)), '+/', '-_'), '=');
        $permissions = array_column(Database::rows(
            'SELECT DISTINCT permid FROM tbladminperms WHERE roleid = ? ORDER BY permid',
            [$admin['roleid']]
        ), 'permid');
        $id = Uuid::v7();
        $details = ['name' => $name, 'scopes' => $scopes, 'days' => (int) $days];
        $insert = static function () use ($id, $admin, $permissions, $name, $secret, $scopes, $days): bool {
            return Database::change(
                'INSERT INTO mod_creditbridge_api_tokens (id, admin_id, role_id, role_permissions, name, token_sha256, scopes,'
                . ' created_at, expires_at)'
                . ' VALUES (?, ?, ?, ?, ?, UNHEX(?), ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL ? DAY)',
                [
                    $id, $admin['id'], $admin['roleid'], implode(',', $permissions), $name, hash('sha256', $secret),
                    implode(' ', $scopes), (int) $days,
                ]
            ) === 1;
        };
        Audit::recorded(Audit::admin((int) $admin['id']), 'api-token-make', $details, $insert, $id);

        return $secret;
    }

    /** The scopes that were ticked and that the admin's permissions allow. */
    private static function scopes(array $viewer, array $form): array
    {
        $allowed = array_filter(self::SCOPES, static function (string $permission, string $scope) use ($viewer, $form): bool {
            return ($form['scope-' . $scope] ?? '') === 'on' && in_array($permission, $viewer['permissions'], true);
        }, ARRAY_FILTER_USE_BOTH);

        return array_keys($allowed);
    }

    /** A second click, or a form that is sent again, finds the name taken. */
    private static function demandRoom(int $adminId, string $name)
    {
        $names = array_column(Database::rows(
            'SELECT name FROM mod_creditbridge_api_tokens'
            . ' WHERE admin_id = ? AND revoked_at IS NULL AND expires_at > UTC_TIMESTAMP(6)',
            [$adminId]
        ), 'name');
        if (in_array($name, $names, true)) {
            throw new Declined('Nothing was made: you have a token of this name. Its secret was shown once; revoke it if you'
                . ' did not copy it.');
        }
        if (count($names) >= self::MOST) {
            throw new Declined('You have ' . self::MOST . ' tokens. Revoke one that is not used any more.');
        }
    }
}

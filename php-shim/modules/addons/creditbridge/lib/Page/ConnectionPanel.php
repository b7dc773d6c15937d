<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * The page `connection`: the state of the bridge and the switches that must work without the service.
 */
final class ConnectionPanel
{
    /** @var Settings */
    private $settings;
    /** @var array */
    private $viewer;
    /** @var string */
    private $base;

    public function __construct(Settings $settings, array $viewer, string $base)
    {
        $this->settings = $settings;
        $this->viewer = $viewer;
        $this->base = $base;
    }

    public function html(): string
    {
        return $this->question()
            . '<div class="row"><div class="col-md-7">'
            . self::box('State', '<table class="table table-condensed">' . $this->rows() . '</table>')
            . '</div><div class="col-md-5">' . ($this->isFullAdmin()
                ? self::box('Switches', $this->switches()) . self::box('Secrets', $this->secrets())
                : self::box('Switches', '<p class="text-muted">They need the permission '
                    . Html::escape(Viewer::FULL_ADMIN) . '.</p>'))
            . '</div></div>';
    }

    /** Moved or copied? (design §1) */
    private function question(): string
    {
        $state = $this->settings->text('state');
        if ($state === Settings::STATE_COPY_OR_MOVE) {
            $stored = $this->settings->json('fingerprint');
            return '<div class="alert alert-danger"><h4>Was this WHMCS moved or copied?</h4><p>Credit Bridge knew it at '
                . Html::escape(implode(', ', array_map('strval', $stored)))
                . '. Until you say, nothing is sent, run or mailed, and hooks are kept.</p>'
                . ($this->isFullAdmin() ? $this->button('moved', 'It was moved: go on here', 'primary') . ' '
                    . $this->button('copied', 'It is a copy: stay off', 'default') : '') . '</div>';
        }
        if ($state === Settings::STATE_COPY) {
            return '<div class="alert alert-info"><p>This WHMCS is a copy. Credit Bridge is off here, with secrets of its own.'
                . ' To use it, run a service for this copy, set its URL, and turn it on.</p>'
                . ($this->isFullAdmin() ? $this->button('turn-on', 'Turn on for this copy', 'default') : '') . '</div>';
        }
        return '';
    }

    private function rows(): string
    {
        $backlog = Spool::backlog();
        $problem = ActingAdmin::problem($this->settings->text('acting_admin'));
        $failures = $this->settings->number('breaker_failures');
        $unknown = (int) Database::value("SELECT COUNT(*) FROM mod_creditbridge_commands WHERE state = 'unknown'");
        $rows = [
            'Service' => Html::escape($this->settings->text('service_url') ?: 'no URL set (Addon Modules > Configure)'),
            'Last seen' => Html::escape($this->settings->text('service_seen_at') === '' ? 'never'
                : substr($this->settings->text('service_seen_at'), 0, 19) . ' UTC, version '
                    . $this->settings->text('service_version')),
            'Deliveries' => $failures === 0 ? Html::label('success', 'flowing')
                : Html::label('danger', 'paused') . ' ' . Html::escape($this->settings->text('breaker_reason'))
                    . ' Next try ' . Html::escape(substr($this->settings->text('breaker_open_until'), 11, 8)) . ' UTC.',
            'Waiting to be sent' => $backlog['waiting'] . ($backlog['waiting'] === 0 ? ''
                : ', the oldest for ' . intdiv($backlog['seconds'], 60) . ' min'),
            'Commands act as' => $problem === '' ? Html::escape($this->settings->text('acting_admin'))
                : Html::label('danger', 'cannot act') . ' ' . Html::escape($problem),
            'Commands in doubt' => $unknown === 0 ? 'none' : Html::label('warning', (string) $unknown),
            'AddCredit in one transaction' => $this->sharedConnection(),
            'Automatic Credit Use of WHMCS' => AutomaticUse::isOn() ? 'on' : 'off'
                . (AutomaticUse::isOurs($this->settings) ? ' (by us; given back on deactivation)' : ''),
            'Credit before the mail' => $this->trial(),
            'Installation' => '<code>' . Html::escape($this->settings->text('installation')) . '</code>',
        ];
        $html = '';
        foreach ($rows as $name => $value) {
            $html .= '<tr><th scope="row">' . Html::escape($name) . '</th><td>' . $value . '</td></tr>';
        }
        return $html;
    }

    private function sharedConnection(): string
    {
        $measured = $this->settings->json('whmcs')['sharedConnection'] ?? null;
        if ($measured === null) {
            return Html::label('warning', 'not measured') . ' Press Self-test.';
        }
        return $measured ? Html::label('success', 'yes') : Html::label('info', 'no') . ' Commands are settled by witnesses.';
    }

    private function trial(): string
    {
        $trial = $this->settings->json('trial');
        if ($trial === []) {
            return 'not tried';
        }
        $isPassed = ($trial['passed'] ?? false) === true;

        return Html::label($isPassed ? 'success' : 'warning', $isPassed ? 'allowed' : 'not allowed') . ' '
            . Html::escape((string) ($trial['reason'] ?? ''));
    }

    private function switches(): string
    {
        return '<p>' . $this->button('pair', 'Test the connection', 'primary') . ' '
            . $this->button('self-test', 'Self-test', 'default') . ' '
            . ($this->settings->isFrozen() ? $this->button('unfreeze', 'Unfreeze', 'success')
                : $this->button('freeze', 'Freeze everything', 'danger')) . '</p><p>'
            . (AutomaticUse::isOurs($this->settings)
                ? $this->button('give-back', 'Give Automatic Credit Use back to WHMCS', 'default')
                : $this->button('take-over', 'Switch Automatic Credit Use off', 'default')) . '</p>'
            . '<form method="post" class="form-inline" action="' . Html::escape($this->base . '&page=connection') . '">'
            . $this->hidden('trial')
            . '<label for="creditbridge-trial">Trial invoice for test client</label> '
            . '<input id="creditbridge-trial" class="form-control input-sm" name="client" size="6" inputmode="numeric"'
            . ' pattern="[0-9]+" required> <button class="btn btn-default btn-sm">Run the trial</button>'
            . '<p class="help-block">Creates an invoice of 0.02, puts 0.01 of credit on it before its mail, looks whether it'
            . ' stays, and cancels it. The client gets one mail.</p></form>';
    }

    private function secrets(): string
    {
        $isRotating = isset(Secrets::known()[Secrets::TO_SERVICE][Secrets::NEXT]);

        return '<p>The service needs both secrets in its environment.</p><p>'
            . $this->button('show-secrets', 'Show them', 'default') . ' '
            . ($isRotating ? $this->button('finish-rotation', 'Finish the rotation', 'primary')
                : $this->button('rotate', 'Rotate', 'default')) . '</p>'
            . ($isRotating ? Html::alert('info', 'A rotation is under way: give the service the next secrets too, restart it,'
                . ' then finish.') : '');
    }

    private function isFullAdmin(): bool
    {
        return in_array(Viewer::FULL_ADMIN, $this->viewer['permissions'], true);
    }

    private function button(string $act, string $text, string $kind): string
    {
        return '<form method="post" class="creditbridge-inline" style="display:inline" action="'
            . Html::escape($this->base . '&page=connection') . '">' . $this->hidden($act)
            . '<button class="btn btn-sm btn-' . $kind . '">' . Html::escape($text) . '</button></form>';
    }

    private function hidden(string $act): string
    {
        return '<input type="hidden" name="token" value="' . Html::escape(generate_token('plain')) . '">'
            . '<input type="hidden" name="act" value="' . Html::escape($act) . '">';
    }

    private static function box(string $title, string $content): string
    {
        return '<div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">'
            . Html::escape($title) . '</h3></div><div class="panel-body">' . $content . '</div></div>';
    }
}

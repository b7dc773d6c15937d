<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Page;

use InvalidArgumentException;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceUrl;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Installation\ActingAdmin;
use WHMCS\Module\Addon\Creditbridge\Installation\Autocommit;
use WHMCS\Module\Addon\Creditbridge\Installation\AutomaticUse;
use WHMCS\Module\Addon\Creditbridge\Installation\Fingerprint;
use WHMCS\Module\Addon\Creditbridge\Installation\Hosts;
use WHMCS\Module\Addon\Creditbridge\Installation\Place;
use WHMCS\Module\Addon\Creditbridge\SelfTest\CutOffTrial;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Spool\Spool;

/**
 * The page `connection`: the state of the bridge and the switches that must work without the service.
 */
final class ConnectionPanel
{
    /** Questions before acts that cannot be undone, if scripts run. */
    const CONFIRM = [
        'moved' => 'Is the old place switched off? If both run as one WHMCS, both move credit.',
        'copied' => 'Unfinished commands and unsent hooks are dropped here, and this copy gets its own secrets. Is it a copy?',
        HaltQuestion::READOPT => 'Unsettled commands and unsent hooks are dropped. Was the database restored?',
        HaltQuestion::CONTINUE_AS_IS => 'Commands that look open will run. Are you sure that nothing was restored?',
        CommandsInDoubt::DONE => 'It is noted as done and never repeated. Is that what WHMCS shows?',
        CommandsInDoubt::NOT_DONE => 'It is noted as not done and may be proposed again. Is that what WHMCS shows?',
    ];

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
        $trials = new TrialCards($this->settings);

        return '<div class="cb-head"><h2>Connection</h2></div>' . $this->question() . $this->cutOffTrial() . $trials->wanted()
            . HaltQuestion::html($this->settings, $this->isFullAdmin() ? $this->buttons() : null)
            . ($this->may(Viewer::MANAGES_CREDIT) ? CommandsInDoubt::html($this->buttons(), $this->base) : '')
            . '<div class="cb-columns"><div>' . Html::card('State', '<dl class="cb-facts">' . $this->rows() . '</dl>')
            . '</div><div>' . ($this->isFullAdmin()
                ? Html::card('Connection', $this->connection()) . $trials->card($this->formHeads())
                    . FrozenClients::html($this->buttons(), $this->formHead('freeze-client', 'cb-buttons'))
                    . CeilingsCard::html($this->buttons()) . HostsCard::html($this->buttons())
                : Html::card('Switches', '<p class="cb-quiet">You need the permission '
                    . Html::escape(Viewer::FULL_ADMIN) . '.</p>'))
            . '</div></div>';
    }

    /** What the admin must answer or do before anything works: connect; moved or copied? (design §1) */
    private function question(): string
    {
        $state = $this->settings->text('state');
        if ($state === Settings::STATE_COPY_OR_MOVE || ($state !== Settings::STATE_COPY && Hosts::isWaiting())) {
            return '<div class="cb-flash cb-bad" role="alert"><p><strong>Was this WHMCS moved or copied?</strong> '
                . Html::escape($this->places()) . '</p><p>' . ($state === Settings::STATE_COPY_OR_MOVE
                    ? 'Until you answer, nothing is sent, run or mailed, and hooks are kept.'
                    : 'This host does nothing until you answer, or until another host shows that it uses the same'
                        . ' database. The other hosts go on.') . '</p>'
                . ($this->isFullAdmin() ? $this->button('moved', 'It was moved: go on here', 'primary') . ' '
                    . $this->button('copied', 'It is a copy: stay off', 'default') : '') . '</div>';
        }
        if ($state === Settings::STATE_COPY) {
            return '<div class="cb-flash cb-warn"><p>This WHMCS is a copy. Credit Bridge is off here and has its own secrets.'
                . ' To use it, run a service for this copy, set its URL, and turn it on.</p>'
                . ($this->isFullAdmin() ? $this->button('turn-on', 'Turn on for this copy', 'default') : '') . '</div>';
        }
        if ($state === Settings::STATE_NEW) {
            return '<div class="cb-flash cb-warn"><p>Next: set the service URL and the acting admin (Addon Modules > Configure),'
                . ' press <em>Show the secrets</em> and put both lines into the settings of the service, start it, then press'
                . ' <em>Test the connection</em>. Nothing acts before that.</p></div>';
        }
        return '';
    }

    /** A trial without a verdict: what of it is in WHMCS now, and what happens next. */
    private function cutOffTrial(): string
    {
        $sentence = CutOffTrial::sentence($this->settings);

        return $sentence === '' ? '' : '<div class="cb-flash cb-warn" role="alert"><p>' . Html::escape($sentence) . '</p>'
            . ($this->isFullAdmin() ? $this->button('trial-clean-up', 'Clean up now', 'default') : '') . '</div>';
    }

    private function places(): string
    {
        $known = $this->settings->json('fingerprint');

        return 'It was at ' . ($known['systemUrl'] ?? 'no address') . ', with '
            . (implode('; or ', array_map([Place::class, 'describe'], Fingerprint::databases($this->settings))) ?: 'no database')
            . '. Host ' . Hosts::name() . ' finds it at ' . Fingerprint::here()['systemUrl'] . ', with '
            . Place::describe(Place::current()) . '.';
    }

    private function rows(): string
    {
        $backlog = Spool::backlog();
        $problem = ActingAdmin::problem($this->settings->text('acting_admin'));
        $failures = $this->settings->number('breaker_failures');
        $unknown = (int) Database::value("SELECT COUNT(*) FROM mod_creditbridge_commands WHERE state = 'unknown'");
        $rows = [
            'Service' => $this->serviceUrl(),
            'Last seen' => $this->settings->text('service_seen_at') === '' ? 'never'
                : Html::time($this->settings->text('service_seen_at')) . ', version '
                    . Html::escape($this->settings->text('service_version')),
            'Deliveries' => $failures === 0 ? $this->flow()
                : Html::status('bad', 'paused') . ' ' . $this->pausedHost()
                    . Html::escape($this->settings->text('breaker_reason'))
                    . $this->nextTry(),
            'Waiting to be sent' => $backlog['told'] . ($backlog['waiting'] === 0 ? ''
                : ', the oldest for ' . intdiv($backlog['seconds'], 60) . ' min'),
            'Commands act as' => $problem === '' ? Html::escape($this->settings->text('acting_admin'))
                : Html::status('bad', 'cannot act') . ' ' . Html::escape($problem),
            'Commands in doubt' => $unknown === 0 ? 'none' : Html::status('warn', (string) $unknown),
            'AddCredit in one transaction' => $this->sharedConnection(),
            'Autocommit' => $this->autocommit(),
            'Automatic Credit Use of WHMCS' => AutomaticUse::isOn() ? 'on' : 'off'
                . (AutomaticUse::isOurs($this->settings)
                    ? ' (by Credit Bridge; deactivating the addon switches it on again)' : ''),
        ] + (new TrialCards($this->settings))->rows() + [
            'Installation' => '<code>' . Html::escape($this->settings->text('installation')) . '</code>',
        ];
        $html = '';
        foreach ($rows as $name => $value) {
            $html .= '<div><dt>' . Html::escape($name) . '</dt><dd>' . $value . '</dd></div>';
        }
        return $html;
    }

    private function pausedHost(): string
    {
        $host = $this->settings->text('breaker_host');

        return $host === '' ? '' : 'Seen by host ' . Html::escape($host) . '. ';
    }

    private function nextTry(): string
    {
        $until = $this->settings->text('breaker_open_until');

        return $until === '' ? '' : ' Next try: ' . Html::time($until) . '.';
    }

    private function serviceUrl(): string
    {
        $url = $this->settings->text('service_url');
        if ($url === '') {
            return Html::status('warn', 'no URL set') . ' Addon Modules > Configure';
        }
        try {
            new ServiceUrl($url);
        } catch (InvalidArgumentException $problem) {
            return Html::escape($url) . '<br>' . Html::status('bad', 'cannot be used') . ' '
                . Html::escape($problem->getMessage());
        }
        return Html::escape($url);
    }

    private function flow(): string
    {
        if ($this->settings->isHalted()) {
            return Html::status('bad', 'halted') . ' Kept until you answer the question above.';
        }
        return $this->settings->isPaired() ? Html::status('good', 'flowing')
            : Html::status('idle', 'kept until connected');
    }

    private function sharedConnection(): string
    {
        $measured = $this->settings->json('whmcs')['sharedConnection'] ?? null;
        if ($measured === null) {
            return Html::status('warn', 'not measured') . ' for the engines, version and connection settings of now.'
                . ' Interrupted commands are settled by comparison. Press Self-test.';
        }
        $with = ($this->settings->json('whmcs')['measuredWith'] ?? '') === 'AddCredit'
            ? ' Measured with AddCredit itself.'
            : ' Measured with the activity log; name a test client to measure AddCredit itself.';

        return $measured ? Html::status('good', 'yes') . $with
            : Html::status('idle', 'no') . ' Interrupted commands are settled by comparison.';
    }

    private function autocommit(): string
    {
        $note = Autocommit::noted($this->settings);

        return $note === null ? Html::status('good', 'on')
            : Html::status('warn', 'switched off by another module') . ' Seen in ' . Html::escape($note['where']) . ' since '
                . Html::time($note['since']) . ', last ' . Html::time($note['seenAt']) . '. What WHMCS writes there is lost'
                . ' unless somebody commits. Cron, worker and this page switch it on for themselves and go on. On other pages'
                . ' hooks are not sent at once and no rule is asked. Find the module: search modules and includes/hooks for'
                . ' <code>autocommit</code>.';
    }

    private function connection(): string
    {
        $isRotating = Secrets::isRotating();

        return '<div class="cb-buttons">' . $this->button('pair', 'Test the connection', 'primary')
            . ($this->settings->isFrozen() ? $this->button('unfreeze', 'Unfreeze', 'success')
                : $this->button('freeze', 'Freeze everything', 'danger'))
            . '</div><p class="cb-help">While frozen, no command is run, with or without the service.</p>'
            . $this->formHead('self-test', 'cb-buttons') . '<label for="creditbridge-self-test">Client of the self-test</label>'
            . '<input id="creditbridge-self-test" type="text" name="client" size="6" inputmode="numeric" pattern="[0-9]*"'
            . ' placeholder="id" value="' . Html::escape((string) ($this->settings->json('whmcs')['testClient'] ?? '')) . '">'
            . '<button class="btn btn-sm btn-default">Self-test</button></form>'
            . '<p class="cb-help">With a test client, AddCredit itself is measured: 0.01 is added in a transaction that is rolled'
            . ' back. Should WHMCS keep it, it is taken off again, and two rows stay in the client\'s credit log. Without one,'
            . ' only a line of the activity log is written and rolled back.</p>'
            . $this->automaticUse()
            . '<div class="cb-buttons">' . $this->button('show-secrets', 'Show the secrets', 'default')
            . ($isRotating ? $this->button('finish-rotation', 'Finish the rotation', 'primary') . ' '
                    . $this->button('take-rotation-back', 'Take the rotation back', 'default')
                : $this->button('rotate', 'Rotate the secrets', 'default')) . '</div>'
            . '<p class="cb-help">' . ($isRotating ? 'A rotation is in progress: give the service the new lines, restart it,'
                . ' then finish the rotation: the service is asked first whether it has the new ones.'
                : 'The service needs both secrets in its settings.') . '</p>';
    }

    private function automaticUse(): string
    {
        list($act, $text) = AutomaticUse::isOurs($this->settings)
            ? ['give-back', 'Give Automatic Credit Use back to WHMCS'] : ['take-over', 'Switch Automatic Credit Use off'];

        return (PanelActions::mayDo($act, $this->viewer['permissions'])
            ? '<div class="cb-buttons">' . $this->button($act, $text, 'default') . '</div>'
            : '<p class="cb-help">' . $text . ': that needs the permission ' . Viewer::SETS_WHMCS . ', too.</p>')
            . '<p class="cb-help">While WHMCS uses credit automatically, rules get only the rest.</p>';
    }

    private function isFullAdmin(): bool
    {
        return $this->may(Viewer::FULL_ADMIN);
    }

    private function may(string $permission): bool
    {
        return in_array($permission, $this->viewer['permissions'], true);
    }

    /** Returns the function that renders a form with one button, for the other classes of the panel. */
    private function buttons(): callable
    {
        return function (string $act, string $text, string $kind, array $hidden = [], string $fields = ''): string {
            return $this->button($act, $text, $kind, $hidden, $fields);
        };
    }

    /** Returns the function that begins a form, for a class of the panel with forms of its own. */
    private function formHeads(): callable
    {
        return function (string $act, string $class): string {
            return $this->formHead($act, $class);
        };
    }

    private function button(string $act, string $text, string $kind, array $hidden = [], string $fields = ''): string
    {
        foreach ($hidden as $name => $value) {
            $fields .= '<input type="hidden" name="' . Html::escape($name) . '" value="' . Html::escape($value) . '">';
        }
        return $this->formHead($act, 'cb-inline') . $fields
            . '<button class="btn btn-sm btn-' . $kind . '">' . Html::escape($text) . '</button></form>';
    }

    private function formHead(string $act, string $class): string
    {
        $confirm = isset(self::CONFIRM[$act]) ? ' data-cb-confirm="' . Html::escape(self::CONFIRM[$act]) . '"' : '';

        return '<form method="post" class="' . $class . '" action="' . Html::escape($this->base . '&page=connection') . '"'
            . $confirm . '>'
            . $this->hidden($act);
    }

    /** Enter in a field presses the form's first button. This one sends nothing, because the form stands in no dialog. */
    private function hidden(string $act): string
    {
        return '<button type="submit" formmethod="dialog" formnovalidate hidden></button>'
            . '<input type="hidden" name="token" value="' . Html::escape(generate_token('plain')) . '">'
            . '<input type="hidden" name="act" value="' . Html::escape($act) . '">';
    }
}

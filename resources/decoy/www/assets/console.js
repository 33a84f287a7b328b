(function () {
  var form = document.getElementById('signin');
  var notice = document.getElementById('alert');
  var button = document.getElementById('submit');
  var password = document.getElementById('password');

  function say(text) {
    notice.textContent = text;
    notice.hidden = false;
  }

  form.addEventListener('submit', function (event) {
    event.preventDefault();
    notice.hidden = true;
    button.disabled = true;
    button.textContent = 'Signing in…';
    setTimeout(function () {
      button.disabled = false;
      button.textContent = 'Sign in';
      password.value = '';
      password.focus();
      say('User name or password is wrong.');
    }, 900 + Math.random() * 700);
  });

  document.getElementById('reset').addEventListener('click', function (event) {
    event.preventDefault();
    say('Passwords are reset by the service desk.');
  });
  document.getElementById('status').addEventListener('click', function (event) {
    event.preventDefault();
    say('All services operational.');
  });
})();
